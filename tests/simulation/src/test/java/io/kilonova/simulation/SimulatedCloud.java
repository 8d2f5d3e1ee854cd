package io.kilonova.simulation;

import io.kilonova.fake.Command;
import io.kilonova.fake.Delays;
import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.node.SimulatedNetwork;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** What a simulation is about: hosts, a database and controllers, any of which may be gone at the moment. */
final class SimulatedCloud {
    /** Few and small, so that servers compete for room: for memory, of which each has what four of the small ones take. */
    private static final int HOSTS = 3;

    private static final int PROCESSORS = 2;
    private static final int MEMORY_MEBIBYTES = 2_560;

    /** So long that a lease runs out and its work is taken over. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    /** So long that, besides, a step is done again and undone. */
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(3);

    private final World world;
    private final Bug bug;
    private final Connection connection;
    private final FakeFleet fleet;
    private final List<SimulatedHost> hosts;
    private final SimulatedNetwork network;

    private final int controllersAtOnce;
    private final Weather weather = new Weather();
    private final List<SimulatedController> controllers = new ArrayList<>();
    private final Set<String> struckAt = new TreeSet<>();
    private final Set<String> places = new TreeSet<>();
    private final Set<String> knownPlaces;
    private Optional<Blow> blow = Optional.empty();
    private Optional<Suspended> suspended = Optional.empty();
    private int started;
    private int underWay;

    /** Stands still until another controller has done a step; a host loses its power before it goes on, or none. */
    private record Suspended(
            SimulatedController controller, String until, boolean isDone, Optional<SimulatedHost> outage) {
        Suspended done() {
            return new Suspended(controller, until, true, outage);
        }
    }

    /** A cloud of some controllers; of one, which is in a process with its hosts, or of several, whose hosts are nodes. */
    SimulatedCloud(World world, Bug bug, Connection connection, int controllersAtOnce) {
        this.world = world;
        this.bug = bug;
        this.connection = KeptStatements.on(connection, bug::in);
        this.controllersAtOnce = controllersAtOnce;
        this.fleet = FakeFleet.of(FleetOptions.of(HOSTS)
                .sized(PROCESSORS, MEMORY_MEBIBYTES, 100)
                .delayed(delays())
                .simulated(world.random().nextLong(), world::sleep));
        this.hosts = fleet.hosts().stream()
                .map(host -> new SimulatedHost(this, host))
                .toList();
        this.network = new SimulatedNetwork(new Wires(this));
        gates().forEach(this::startController);
        if (isCluster()) {
            hosts.forEach(SimulatedHost::startAgent);
        }
        this.knownPlaces = controllers.getFirst().places();
    }

    static List<String> hostNames() {
        return FakeFleet.of(FleetOptions.of(HOSTS)).hosts().stream()
                .map(FakeHypervisor::host)
                .toList();
    }

    private static Delays delays() {
        Delays.Distribution quick = Delays.Distribution.aroundMedian(Duration.ofMillis(200), 1);
        return Delays.everywhere(quick)
                .with(Command.SPAWN, Delays.Distribution.aroundMedian(Duration.ofSeconds(4), 1))
                .with(Command.STOP, Delays.Distribution.aroundMedian(Duration.ofSeconds(2), 1));
    }

    /** Where controllers hear nodes. */
    List<String> gates() {
        return IntStream.rangeClosed(1, controllersAtOnce)
                .mapToObj(number -> "gate-%d:8089".formatted(number))
                .toList();
    }

    /** Starts a controller at an address where none is, under a name that none had before. */
    private void startController(String gate) {
        SimulatedController controller = new SimulatedController(this, "controller-" + ++started, gate);
        controllers.add(controller);
        controller.start();
    }

    /** Ends a controller between two instructions, and has another one started in its place some time later. */
    void kill(SimulatedController controller) {
        if (controllers.remove(controller)) {
            world.tell("kills " + controller.name());
            controller.life().end();
            network.close(controller.gate(), true);
            world.start("supervisor", new Life(), () -> {
                world.rest(world.between(100, 20_000));
                startController(controller.gate());
            });
        }
    }

    /** Has something happen, once. */
    void await(Blow next) {
        blow = Optional.of(next);
    }

    /** What happened until now does not count. */
    void forget() {
        places.clear();
    }

    /** A step of an operation is about to run, or has run and is not committed. */
    void reached(SimulatedController controller, String place) {
        places.add(place);
        wakeBehind(controller, place);
        if (strikes(Blow.Kind.KILLED_CONTROLLER, place) || world.chance(weather.deadlySteps)) {
            struckAt.add(place);
            kill(controller);
        }
        if (strikes(Blow.Kind.SUSPENDED_CONTROLLER, place)) {
            suspend(controller, stepOf(place), LONGEST_PAUSE, Optional.empty());
        }
        if (strikes(Blow.Kind.OVERSLEPT_CONTROLLER, place)) {
            suspend(controller, "undoing " + stepOf(place), LONGEST_PAUSE, Optional.empty());
        }
        world.pass(place);
    }

    private void suspend(
            SimulatedController controller, String until, Duration longest, Optional<SimulatedHost> outage) {
        suspended = Optional.of(new Suspended(controller, until, false, outage));
        controller.life().pause(world.nowMillis() + longest.toMillis());
    }

    /** A controller that stands still goes on when another one has taken its work over and gone through a step of it. */
    private void wakeBehind(SimulatedController controller, String place) {
        Optional<Suspended> behind = suspended.filter(one -> one.controller() != controller);
        if (behind.isEmpty()) {
            return;
        }
        if (stepOf(place).equals(behind.get().until())) {
            suspended = behind.map(Suspended::done);
        } else if (behind.get().isDone()) {
            suspended = Optional.empty();
            behind.get()
                    .outage()
                    .ifPresentOrElse(
                            host -> wakeAfterOutage(behind.get().controller(), host),
                            () -> world.resume(behind.get().controller().life()));
        }
    }

    private void wakeAfterOutage(SimulatedController sleeper, SimulatedHost host) {
        host.losePower();
        world.start("electrician", new Life(), () -> {
            world.rest(Duration.ofSeconds(5));
            host.regainPower();
            world.rest(Duration.ofSeconds(5)); // so that its agent is there
            world.resume(sleeper.life());
        });
    }

    private static String stepOf(String place) {
        return place.replaceFirst("^(before|after|on the way for) ", "");
    }

    /** A node is about to do something for a step, or has done it and not answered. */
    void reached(SimulatedHost host, String place) {
        places.add(place);
        if (strikes(Blow.Kind.KILLED_AGENT, place)) {
            host.killAgent();
        }
        if (strikes(Blow.Kind.POWER_CUT, place)) {
            cutPower(host);
        }
        world.pass(place);
    }

    private void cutPower(SimulatedHost host) {
        host.losePower();
        world.start("electrician", new Life(), () -> {
            world.rest(Duration.ofSeconds(30));
            host.regainPower();
        });
    }

    /** Makes sure that no guest runs on a host that is to be left. */
    void fence(SimulatedHost host) {
        if (host.hypervisor().hasPower()) {
            cutPower(host);
        }
    }

    /** Whether a command of a step to a node arrives after its time. */
    boolean isDelayed(String step) {
        return strikes(Blow.Kind.DELAYED_COMMAND, onTheWay(step));
    }

    /** Whether a command of a step to a node is sent after its time: its controller stands still at its next turn. */
    boolean isHeld(String step, SimulatedNetwork.Message message) {
        boolean held = strikes(Blow.Kind.HELD_COMMAND, onTheWay(step));
        if (held) {
            Optional<SimulatedHost> host = hosts.stream()
                    .filter(one -> one.name().equals(message.to()))
                    .findFirst();
            controllerNamed(message.from())
                    .ifPresent(controller -> suspend(controller, "undoing " + step, LONGEST_HOLD, host));
        }
        return held;
    }

    private String onTheWay(String step) {
        String place = "on the way for " + step;
        places.add(place);
        return place;
    }

    /** The controller of that name, if it lives. */
    Optional<SimulatedController> controllerNamed(String name) {
        return controllers.stream()
                .filter(controller -> controller.name().equals(name))
                .findFirst();
    }

    /** Whether a process has what it needs to be on the network. */
    boolean hasPower(String process) {
        return hosts.stream()
                .noneMatch(host ->
                        host.name().equals(process) && !host.hypervisor().hasPower());
    }

    /** A command is under way that nobody waits for. Gives what to do when it has ended. */
    Runnable sent() {
        underWay++;
        return () -> underWay--;
    }

    /** Whether all commands that were sent have ended. */
    boolean isSilent() {
        return underWay == 0;
    }

    private boolean strikes(Blow.Kind kind, String place) {
        boolean struck = blow.filter(new Blow(kind, place)::equals).isPresent();
        if (struck) {
            blow = Optional.empty();
            struckAt.add(place);
            world.tell("%s at %s".formatted(kind, place));
        }
        return struck;
    }

    World world() {
        return world;
    }

    Bug bug() {
        return bug;
    }

    Connection connection() {
        return connection;
    }

    /** What is between controllers and nodes. */
    SimulatedNetwork network() {
        return network;
    }

    List<SimulatedHost> hosts() {
        return hosts;
    }

    FakeFleet fleet() {
        return fleet;
    }

    Weather weather() {
        return weather;
    }

    /** Whether it has several controllers, and nodes; else one controller is in one process with its hosts. */
    boolean isCluster() {
        return controllersAtOnce > 1;
    }

    /** The controllers that run now. */
    List<SimulatedController> controllers() {
        return controllers;
    }

    Set<String> struckAt() {
        return struckAt;
    }

    Set<String> places() {
        return places;
    }

    /** Every place that the program's operations tell of. */
    Set<String> knownPlaces() {
        return knownPlaces;
    }
}
