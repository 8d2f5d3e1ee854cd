package io.kilonova.simulation;

import io.kilonova.access.Caller;
import io.kilonova.errors.ServiceException;
import io.kilonova.fake.FakeHypervisor;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One run from a seed: a cloud starts, users use it while things break, then all is well again and everything that was accepted
 * has to end, and what must hold has to hold.
 */
final class Simulation {
    private static final List<String> PROJECTS = List.of("red", "blue");
    private static final Duration LOOK = Duration.ofSeconds(2);
    /** Twelve minutes: all pauses between attempts are a minute or less. */
    private static final int MOST_LOOKS = 12 * 60 / 2;

    private final World world;
    private final Trace trace;
    private final SimulatedCloud cloud;
    private final Promises promises = new Promises();
    private final Invariants invariants;
    private final Set<String> wrong = new LinkedHashSet<>();
    private int requests;

    /**
     * What came of a run.
     *
     * @param seed what it came from
     * @param hash the same for every run from the seed
     * @param events how many effects there were
     * @param wrong what must not be, as sentences; empty is what has to be
     * @param answers how often each action of a user was answered how
     * @param places the steps that ran
     * @param crashedAt the steps at which a controller was killed
     * @param trace what happened, when it was kept
     */
    record Verdict(
            long seed,
            long hash,
            long events,
            List<String> wrong,
            Map<String, Integer> answers,
            Set<String> places,
            Set<String> crashedAt,
            List<String> trace) {}

    private Simulation(World world, Trace trace, SimulatedCloud cloud, Connection connection) {
        this.world = world;
        this.trace = trace;
        this.cloud = cloud;
        this.invariants = new Invariants(connection, cloud, promises);
    }

    /** Runs a seed, with {@code bug} in the program, and keeps what happened if {@code keeps}. */
    static Verdict run(long seed, Bug bug, boolean keeps) {
        Entropy.install();
        Trace trace = new Trace(keeps);
        World world = new World(seed, trace);
        List<Verdict> verdict = new ArrayList<>();
        try (Connection connection = Template.copy()) {
            world.play(() -> {
                Simulation simulation =
                        new Simulation(world, trace, new SimulatedCloud(world, bug, connection), connection);
                simulation.play();
                verdict.add(simulation.verdict(seed));
            });
        } catch (SQLException e) {
            throw new IllegalStateException("the simulated database cannot be closed", e);
        }
        return verdict.getFirst();
    }

    private Verdict verdict(long seed) {
        Optional.ofNullable(world.failure().getAndSet(null))
                .ifPresent(thrown -> wrong.add("a thread ended with " + thrown + at(thrown)));
        return new Verdict(
                seed,
                trace.hash(),
                trace.events(),
                List.copyOf(wrong),
                promises.answers(),
                cloud.places(),
                cloud.crashedAt(),
                trace.last());
    }

    private static String at(Throwable thrown) {
        return thrown.getStackTrace().length == 0 ? "" : " at " + thrown.getStackTrace()[0];
    }

    private void play() {
        Life everybody = new Life();
        world.start("users", everybody, this::use);
        world.start("faults", everybody, this::breakThings);
        long end = world.nowMillis() + world.between(60_000, 180_000).toMillis();
        while (world.nowMillis() < end) {
            look();
        }
        everybody.end();
        cloud.weather().clear();
        cloud.fleet().hosts().forEach(FakeHypervisor::regainPower);
        world.tell("all is well again");
        for (int looks = 0; looks < MOST_LOOKS && !(isAtRest() && staysSo()); looks++) {
            look();
            reviveHosts();
        }
        wrong.addAll(invariants.atRest());
        world.tell("ends with " + wrong.size() + " findings");
    }

    /** The operators say that no host is dead any more, as soon as the cloud lets them. */
    private void reviveHosts() {
        Set<String> saidDead = cloud.weather().saidDead;
        for (SimulatedController controller : List.copyOf(cloud.controllers())) {
            for (String host : List.copyOf(saidDead)) {
                try {
                    controller.compute().setForcedDown(host, false);
                    saidDead.remove(host);
                } catch (ServiceException notYet) {
                    world.tell("is not to say that %s lives: %s"
                            .formatted(host, notYet.code().name()));
                }
            }
        }
    }

    private boolean isAtRest() {
        return invariants.quiet()
                && cloud.weather().saidDead.isEmpty()
                && invariants.atRest().isEmpty();
    }

    /** Whether it is still so after each controller has asked each host for its guests. */
    private boolean staysSo() {
        for (SimulatedController controller : List.copyOf(cloud.controllers())) {
            controller.compute().refresh();
        }
        return isAtRest();
    }

    private void look() {
        world.rest(LOOK);
        wrong.addAll(invariants.always());
    }

    private void use() {
        while (true) {
            world.rest(world.between(0, 4_000));
            List<SimulatedController> controllers = cloud.controllers();
            if (!controllers.isEmpty()) {
                SimulatedController controller = any(controllers);
                UserAction action = weighted(UserAction.ALL, UserAction::weight);
                String requestId = "req-" + ++requests;
                world.start(controller.name() + "/" + requestId, controller.life(), () -> {
                    request(controller, action, requestId);
                });
            }
        }
    }

    private void request(SimulatedController controller, UserAction action, String requestId) {
        Optional<String> target = Optional.of(promises.standing())
                .filter(standing -> !standing.isEmpty())
                .map(this::any);
        Caller caller = People.user(target.map(promises::projectOf).orElseGet(() -> any(PROJECTS)));
        world.tell("is asked to %s %s".formatted(action.name(), target.orElse("")));
        try {
            action.deed().of(new UserAction.Request(controller.compute(), cloud, promises, caller, requestId, target));
            promises.answered(action.name(), "accepted");
            world.tell("accepts");
        } catch (ServiceException refused) {
            promises.refused(action.name(), refused);
            world.tell("refuses: " + refused.code().name());
        } catch (RuntimeException fault) {
            promises.refused(action.name(), fault);
        }
    }

    /** Only some faults in each world, the more often: what hides behind one shows where that is missing. */
    private void breakThings() {
        List<Fault> some = Fault.ALL.stream().filter(fault -> world.chance(0.4)).toList();
        while (!some.isEmpty()) {
            world.rest(world.between(0, 15_000));
            Fault fault = weighted(some, Fault::weight);
            world.tell("strikes: " + fault.name());
            Runnable end = fault.strike().on(cloud);
            if (fault.mostSeconds() > 0) {
                Duration length = world.between(1_000, fault.mostSeconds() * 1_000L);
                world.start("end of " + fault.name(), new Life(), () -> {
                    world.rest(length);
                    end.run();
                });
            }
        }
    }

    private <T> T any(List<T> list) {
        return list.get(world.random().nextInt(list.size()));
    }

    private <T> T weighted(List<T> table, java.util.function.ToIntFunction<T> weight) {
        SplittableRandom random = world.random();
        int left = random.nextInt(table.stream().mapToInt(weight).sum());
        for (T line : table) {
            left -= weight.applyAsInt(line);
            if (left < 0) {
                return line;
            }
        }
        throw new IllegalStateException("the weights are more than their sum");
    }
}
