package io.kilonova.simulation;

import io.kilonova.fake.Command;
import io.kilonova.fake.FakeGuest;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.spi.PowerState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What goes wrong, as a table.
 *
 * @param name of the fault
 * @param weight how often it is chosen, against the others
 * @param mostSeconds how long it lasts at most; those that are over at once say 0
 * @param strike what happens; gives what ends it
 */
record Fault(String name, int weight, int mostSeconds, Strike strike) {
    private static final Runnable OVER = () -> {};
    private static final long HOURS_MILLIS = Duration.ofHours(6).toMillis();

    static final List<Fault> ALL = List.of(
            new Fault("a controller is killed", 10, 0, cloud -> {
                anyController(cloud).ifPresent(cloud::kill);
                return OVER;
            }),
            new Fault("a controller is paused", 5, 0, cloud -> {
                long until = cloud.world().nowMillis()
                        + cloud.world().between(500, 30_000).toMillis();
                anyController(cloud).ifPresent(controller -> controller.life().pause(until));
                return OVER;
            }),
            new Fault("controllers write late", 20, 90, cloud -> {
                cloud.weather().lateWrites = 0.3;
                return () -> cloud.weather().lateWrites = 0;
            }),
            new Fault("steps are deadly", 20, 60, cloud -> {
                cloud.weather().deadlySteps = 0.1;
                return () -> cloud.weather().deadlySteps = 0;
            }),
            new Fault("the database fails over", 6, 40, cloud -> {
                cloud.weather().commitsOfUnknownEnd = 0.5;
                cloud.world().rest(Duration.ofSeconds(1));
                cloud.weather().databaseAway = true;
                return () -> {
                    cloud.weather().databaseAway = false;
                    cloud.weather().commitsOfUnknownEnd = 0;
                };
            }),
            new Fault("commits end unknown", 6, 30, cloud -> {
                cloud.weather().commitsOfUnknownEnd = 0.2;
                return () -> cloud.weather().commitsOfUnknownEnd = 0;
            }),
            new Fault("the database's disk is full", 4, 40, cloud -> {
                cloud.weather().databaseFull = true;
                return () -> cloud.weather().databaseFull = false;
            }),
            new Fault("the database's disk is slow", 4, 60, cloud -> {
                cloud.weather().slowDisk = 0.3;
                return () -> cloud.weather().slowDisk = 0;
            }),
            new Fault("a controller does not reach the database", 5, 40, cloud -> {
                Optional<String> cut = anyController(cloud).map(SimulatedController::name);
                cut.ifPresent(cloud.weather().cutOff::add);
                return () -> cut.ifPresent(cloud.weather().cutOff::remove);
            }),
            new Fault("a host is off", 8, 120, cloud -> {
                SimulatedHost host = cloud.world().any(cloud.hosts());
                host.losePower();
                return host::regainPower;
            }),
            new Fault("an agent is killed", 8, 0, cloud -> {
                cloud.world().any(cloud.hosts()).killAgent();
                return OVER;
            }),
            new Fault("a host is not reached", 5, 90, cloud -> {
                String host = cloud.world().any(cloud.hosts()).name();
                cloud.weather().hostsOff.add(host);
                return () -> cloud.weather().hostsOff.remove(host);
            }),
            new Fault("two processes do not reach each other", 10, 120, cloud -> {
                List<String> ways = pair(cloud);
                cloud.weather().partitions.addAll(ways);
                return () -> ways.forEach(cloud.weather().partitions::remove);
            }),
            new Fault("one process does not reach another, which reaches it", 5, 120, cloud -> {
                Optional<String> way = pair(cloud).stream().findFirst();
                way.ifPresent(cloud.weather().partitions::add);
                return () -> way.ifPresent(cloud.weather().partitions::remove);
            }),
            new Fault("signs of life are lost", 6, 120, cloud -> {
                cloud.weather().lostHeartbeats = 0.8;
                return () -> cloud.weather().lostHeartbeats = 0;
            }),
            new Fault("what nodes tell comes late, after what they told later", 8, 120, cloud -> {
                cloud.weather().lateReports = 0.4;
                return () -> cloud.weather().lateReports = 0;
            }),
            new Fault("what nodes tell is lost", 6, 120, cloud -> {
                cloud.weather().lostReports = 0.5;
                return () -> cloud.weather().lostReports = 0;
            }),
            new Fault("the disk of a node is full", 5, 60, cloud -> {
                String host = cloud.world().any(cloud.hosts()).name();
                cloud.weather().fullDisks.add(host);
                return () -> cloud.weather().fullDisks.remove(host);
            }),
            new Fault("the disks of nodes are slow", 5, 60, cloud -> {
                cloud.weather().slowJournals = 0.5;
                return () -> cloud.weather().slowJournals = 0;
            }),
            new Fault("controllers send commands late", 10, 90, cloud -> {
                cloud.weather().heldCommands = 0.2;
                return () -> cloud.weather().heldCommands = 0;
            }),
            new Fault("messages are lost", 6, 60, cloud -> {
                cloud.weather().lostMessages = 0.2;
                return () -> cloud.weather().lostMessages = 0;
            }),
            new Fault("answers are lost", 8, 60, cloud -> {
                cloud.weather().lostAnswers = 0.2;
                return () -> cloud.weather().lostAnswers = 0;
            }),
            new Fault("messages are doubled", 6, 60, cloud -> {
                cloud.weather().doubledMessages = 0.3;
                return () -> cloud.weather().doubledMessages = 0;
            }),
            new Fault("commands overtake each other", 6, 60, cloud -> {
                cloud.weather().lateCommands = 0.2;
                return () -> cloud.weather().lateCommands = 0;
            }),
            new Fault("messages take their time", 6, 60, cloud -> {
                cloud.weather().slowNetwork = 0.5;
                return () -> cloud.weather().slowNetwork = 0;
            }),
            new Fault("a clock jumps", 5, 0, cloud -> {
                anyController(cloud)
                        .ifPresent(controller ->
                                controller.clock().jump(cloud.world().between(-HOURS_MILLIS, HOURS_MILLIS)));
                return OVER;
            }),
            new Fault("a hypervisor does not answer who looks at it", 5, 90, cloud -> {
                String host = cloud.world().any(cloud.hosts()).name();
                cloud.fleet()
                        .strikeWith(Misfortunes.none()
                                .onHost(host, Command.INVENTORY, Misfortune.unreachable())
                                .onHost(host, Command.GUESTS, Misfortune.unreachable()));
                return () -> cloud.fleet().strikeWith(Misfortunes.none());
            }),
            new Fault("a guest stops by itself", 5, 0, cloud -> {
                FakeHypervisor host = cloud.world().any(cloud.hosts()).hypervisor();
                List<FakeGuest> live =
                        host.fakeGuests().stream().filter(FakeGuest::live).toList();
                if (!live.isEmpty()) {
                    host.happens(cloud.world().any(live).id(), PowerState.SHUT_DOWN);
                }
                return OVER;
            }));

    /** Something goes wrong with the cloud. */
    @FunctionalInterface
    interface Strike {
        Runnable on(SimulatedCloud cloud);
    }

    /** The ways between a controller and a host, or another controller. */
    private static List<String> pair(SimulatedCloud cloud) {
        List<String> others = Stream.concat(
                        cloud.hosts().stream().map(SimulatedHost::name),
                        cloud.controllers().stream().map(SimulatedController::name))
                .toList();
        String other = cloud.world().any(others);
        return anyController(cloud)
                .map(SimulatedController::name)
                .filter(name -> !name.equals(other))
                .map(name -> List.of(name + ">" + other, other + ">" + name))
                .orElse(List.of());
    }

    private static Optional<SimulatedController> anyController(SimulatedCloud cloud) {
        List<SimulatedController> all = cloud.controllers();
        return all.isEmpty() ? Optional.empty() : Optional.of(cloud.world().any(all));
    }
}
