package io.kilonova.simulation;

import io.kilonova.fake.Command;
import io.kilonova.fake.Delays;
import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.node.SimulatedNode;
import io.kilonova.spi.Hypervisor;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a simulation is about: hosts, a database and controllers, any of which may be gone at the moment. */
final class SimulatedCloud {
    /** Small enough that servers compete for room: 3 hosts of a processor each, which counts for four virtual ones. */
    private static final int HOSTS = 3;

    private static final int PROCESSORS = 1;

    private final World world;
    private final Bug bug;
    private final Connection connection;
    private final FakeFleet fleet;
    /** The agents of the hosts by their names; none where a single process is controller and node. */
    private final Map<String, SimulatedNode> nodes = new HashMap<>();

    private final int controllersAtOnce;
    private final Weather weather = new Weather();
    private final List<SimulatedController> controllers = new ArrayList<>();
    private final Set<String> crashedAt = new TreeSet<>();
    private final Set<String> places = new TreeSet<>();
    private int started;

    SimulatedCloud(World world, Bug bug, Connection connection) {
        this.world = world;
        this.bug = bug;
        this.connection = KeptStatements.on(connection, bug::in);
        this.controllersAtOnce = 1 + world.random().nextInt(3);
        this.fleet = FakeFleet.of(FleetOptions.of(HOSTS)
                .sized(PROCESSORS, 8_192, 100)
                .delayed(delays())
                .simulated(world.random().nextLong(), world::sleep));
        if (controllersAtOnce > 1) {
            fleet.hosts().forEach(host -> nodes.put(host.host(), agent(host.host())));
        }
        for (int i = 0; i < controllersAtOnce; i++) {
            startController();
        }
    }

    private SimulatedNode agent(String host) {
        Life life = new Life();
        return new SimulatedNode(host, (name, work) -> world.fork(host + "/command", life, work), world::await);
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

    /** A step of an operation is about to run, or has run and is not committed. */
    void reached(SimulatedController controller, String place) {
        places.add(place);
        if (world.chance(weather.deadlySteps)) {
            crashedAt.add(place);
            kill(controller);
        }
        world.pass(place);
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
    Hypervisor link(String controller, Life life, FakeHypervisor host) {
        return HostLink.of(this, controller, life, host, Optional.ofNullable(nodes.get(host.host())));
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

    Set<String> crashedAt() {
        return crashedAt;
    }

    Set<String> places() {
        return places;
    }
}
