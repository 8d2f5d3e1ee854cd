package io.kilonova.simulation;

import io.kilonova.fake.Command;
import io.kilonova.fake.Delays;
import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FleetOptions;
import io.kilonova.spi.Hypervisor;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a simulation is about: hosts, a database and controllers, any of which may be gone at the moment. */
final class SimulatedCloud {
    /** Few and small, so that servers compete for room: for memory, of which each has what four of the small ones take. */
    private static final int HOSTS = 3;

    private static final int PROCESSORS = 2;
    private static final int MEMORY_MEBIBYTES = 2_560;

    /** So long that a lease runs out and its work is taken over. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final World world;
    private final Bug bug;
    private final Connection connection;
    private final FakeFleet fleet;
    private final List<SimulatedHost> hosts;

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

    /** Stands still until another controller has done a step. */
    private record Suspended(SimulatedController controller, String until, boolean isDone) {}

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
                .map(host -> new SimulatedHost(world, host, controllersAtOnce > 1))
                .toList();
        for (int i = 0; i < controllersAtOnce; i++) {
            startController();
        }
        this.knownPlaces = controllers.getFirst().places();
    }

    private static Delays delays() {
        Delays.Distribution quick = Delays.Distribution.aroundMedian(Duration.ofMillis(200), 1);
        return Delays.everywhere(quick)
                .with(Command.SPAWN, Delays.Distribution.aroundMedian(Duration.ofSeconds(4), 1))
                .with(Command.STOP, Delays.Distribution.aroundMedian(Duration.ofSeconds(2), 1));
    }

    /** Starts one more controller, under a name that none had before. */
    void startController() {
        SimulatedController controller = new SimulatedController(this, "controller-" + ++started);
        controllers.add(controller);
        controller.start();
    }

    /** Ends a controller between two instructions, and has another one started in its place some time later. */
    void kill(SimulatedController controller) {
        if (controllers.remove(controller)) {
            world.tell("kills " + controller.name());
            controller.life().end();
            world.start("supervisor", new Life(), () -> {
                world.rest(world.between(100, 20_000));
                startController();
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
            suspend(controller, stepOf(place));
        }
        if (strikes(Blow.Kind.OVERSLEPT_CONTROLLER, place)) {
            suspend(controller, "undoing " + stepOf(place));
        }
        world.pass(place);
    }

    private void suspend(SimulatedController controller, String until) {
        suspended = Optional.of(new Suspended(controller, until, false));
        controller.life().pause(world.nowMillis() + LONGEST_PAUSE.toMillis());
    }

    /** A controller that stands still goes on when another one has taken its work over and gone through a step of it. */
    private void wakeBehind(SimulatedController controller, String place) {
        Optional<Suspended> behind = suspended.filter(one -> one.controller() != controller);
        if (behind.isEmpty()) {
            return;
        }
        if (stepOf(place).equals(behind.get().until())) {
            suspended = behind.map(one -> new Suspended(one.controller(), one.until(), true));
        } else if (behind.get().isDone()) {
            suspended = Optional.empty();
            world.resume(behind.get().controller().life());
        }
    }

    private static String stepOf(String place) {
        return place.replaceFirst("^(before|after) ", "");
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
        places.add("on the way for " + step);
        return strikes(Blow.Kind.DELAYED_COMMAND, "on the way for " + step);
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

    /** The way from a controller to a host. */
    Hypervisor link(String controller, Life life, SimulatedHost host) {
        return HostLink.of(this, controller, life, host);
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

    int controllersAtOnce() {
        return controllersAtOnce;
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
