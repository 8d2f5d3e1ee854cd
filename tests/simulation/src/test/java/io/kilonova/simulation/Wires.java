package io.kilonova.simulation;

import io.kilonova.node.CommandOrder;
import io.kilonova.node.SimulatedNetwork;
import io.kilonova.node.SimulatedNetwork.Fate;
import io.kilonova.node.SimulatedNetwork.Message;
import io.kilonova.node.SimulatedProcess;
import io.kilonova.operations.CommandToken;
import java.time.Duration;
import java.util.Optional;

/** What the weather does to messages between controllers and nodes. */
final class Wires implements SimulatedNetwork.Conditions {
    /** Longer than a command is sent again whose answer does not come. */
    private static final Duration GIVEN_UP = Duration.ofSeconds(22);

    private static final Duration LATER_THAN_TAKEN_BACK = Duration.ofSeconds(6);

    /** Longer than the slowest message takes, so that its sender waits for it. */
    private static final Duration WAITS = Duration.ofSeconds(6);

    private final SimulatedCloud cloud;
    private final World world;
    private final Weather weather;
    private final SimulatedProcess wire;

    Wires(SimulatedCloud cloud) {
        this.cloud = cloud;
        this.world = cloud.world();
        this.weather = cloud.weather();
        this.wire = new LivingProcess(world, "wire", new Life());
    }

    @Override
    public boolean reaches(String from, String to) {
        return weather.reaches(from, to) && cloud.hasPower(from) && cloud.hasPower(to);
    }

    @Override
    public Fate fate(Message message) {
        world.pass("says %s to %s".formatted(message.path(), message.to()));
        Duration noticed = world.between(100, 5_000);
        if (message.isRemembered()) {
            Optional<Duration> late = holdUp(message);
            if (late.isPresent()) {
                return new Fate(true, late.get(), false, Optional.empty(), noticed);
            }
        }
        boolean isOwnWord = message.isReport() || message.isHeartbeat();
        if (isOwnWord && world.chance(weather.lateReports)) {
            return new Fate(true, world.between(10_000, 150_000), false, Optional.empty(), noticed);
        }
        boolean lost = world.chance(weather.lostMessages)
                || isOwnWord && weather.silentHosts.contains(message.from())
                || message.isReport() && world.chance(weather.lostReports)
                || message.isHeartbeat() && world.chance(weather.lostHeartbeats);
        if (lost) {
            world.tell("is not heard by " + message.to());
            return new Fate(false, Duration.ZERO, false, Optional.empty(), noticed);
        }
        return new Fate(
                true,
                world.chance(weather.slowNetwork) ? world.between(50, 5_000) : Duration.ZERO,
                !world.chance(weather.lostAnswers),
                world.chance(weather.doubledMessages) ? Optional.of(world.between(0, 5_000)) : Optional.empty(),
                WAITS);
    }

    /**
     * A command may be sent late, by a controller that stood still; or arrive late, after its controller gave it up: that long
     * the host is not reached. Gives how late it arrives then.
     */
    private Optional<Duration> holdUp(Message message) {
        Optional<String> place = WatchedOperation.place();
        String told =
                place.or(() -> CommandToken.current().map(CommandToken::step)).orElse("nothing");
        boolean held = cloud.isHeld(told, message);
        boolean delayed = cloud.isDelayed(told) || world.chance(weather.lateCommands);
        if (world.chance(weather.heldCommands)) {
            cloud.controllerNamed(message.from())
                    .ifPresent(controller -> controller
                            .life()
                            .pause(world.nowMillis()
                                    + world.between(10_000, 40_000).toMillis()));
        }
        world.pass("sends it");
        if (!delayed) {
            // Whoever held it is told at once that it may not send it any more, and would take it back.
            return held ? Optional.of(LATER_THAN_TAKEN_BACK) : Optional.empty();
        }
        world.tell("its command is under way for long");
        String way = message.from() + ">" + message.to();
        weather.partitions.add(way);
        world.start("wire/given up", new Life(), () -> {
            world.rest(GIVEN_UP);
            weather.partitions.remove(way);
        });
        // A step goes on soon after its command was given up; what is done each minute is done again before.
        long given = GIVEN_UP.toMillis();
        return Optional.of(
                place.isPresent() ? world.between(given + 1_000, given + 60_000) : world.between(120_000, 180_000));
    }

    @Override
    public CommandOrder order(CommandOrder given) {
        return cloud.bug().in(given);
    }

    @Override
    public SimulatedProcess wire() {
        return wire;
    }

    @Override
    public Runnable sent() {
        return cloud.sent();
    }
}
