package io.kilonova.simulation;

import io.kilonova.errors.ServiceException;
import io.kilonova.networks.BuiltInNetworks;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.operations.Operation;
import io.kilonova.operations.Operations;
import io.kilonova.operations.OperationsOptions;
import io.kilonova.placement.Allocations;
import io.kilonova.placement.ConsumerOwners;
import io.kilonova.placement.Inventories;
import io.kilonova.placement.ResourceProviders;
import io.kilonova.scheduling.Scheduler;
import io.kilonova.scheduling.SchedulerOptions;
import io.kilonova.servers.ComputeHosts;
import io.kilonova.servers.ComputeOptions;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.Flavors;
import io.kilonova.servers.Fleet;
import io.kilonova.servers.Keypairs;
import io.kilonova.spi.Hypervisor;
import io.kilonova.storage.Database;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The real services of one controller, made as the launcher makes them, in a process that can be killed. */
final class SimulatedController {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration REFRESH = Duration.ofSeconds(60);

    private final SimulatedCloud cloud;
    private final String name;
    private final Life life = new Life();
    private final SimulatedClock clock;
    private final ComputeService compute;
    private final Operations operations;

    /** A controller that is not started yet. */
    SimulatedController(SimulatedCloud cloud, String name) {
        World world = cloud.world();
        this.cloud = cloud;
        this.name = name;
        this.clock = new SimulatedClock(world);
        Database database =
                Database.simulated(cloud.connection(), cloud.controllersAtOnce() > 1, new DatabaseLink(world, cloud.weather(), name, life));
        ConsumerOwners owners = (transaction, type, consumer) -> ComputeService.owns(transaction, consumer);
        ResourceProviders providers = new ResourceProviders(clock);
        List<Hypervisor> hosts =
                cloud.hosts().stream().map(host -> cloud.link(name, life, host)).toList();
        this.compute = new ComputeService(new ComputeService.Setup(
                database,
                new OneImage(),
                new BuiltInNetworks(database, NetworkBackend.none(), clock),
                new Allocations(owners, clock),
                providers,
                new Inventories(providers, clock),
                new Scheduler(SchedulerOptions.defaults()),
                Fleet.of(hosts),
                server -> Map.of(),
                new Flavors(database),
                new Keypairs(database),
                new ComputeHosts(database, clock, world::nowMillis),
                ComputeOptions.defaults(),
                clock));
        this.operations = new Operations(database, watched(), engine(world), clock);
        compute.bind(operations);
    }

    private OperationsOptions engine(World world) {
        OperationsOptions options =
                cloud.controllersAtOnce() == 1 ? OperationsOptions.embedded() : OperationsOptions.cluster(name);
        return options.drivenBy(
                turn -> world.start(name + "/operation", life, turn),
                new SplittableRandom(world.random().nextLong()),
                world::nowMillis);
    }

    private List<Operation<?>> watched() {
        return compute.operations().stream().<Operation<?>>map(this::watched).toList();
    }

    private <S extends Record> Operation<S> watched(Operation<S> operation) {
        return new WatchedOperation<>(operation, cloud.bug(), place -> cloud.reached(this, place));
    }

    /** Starts, and then does what the clock says. A process that cannot start ends, as the program does. */
    void start() {
        cloud.world().start(name + "/start", life, () -> {
            try {
                compute.start();
                operations.start();
            } catch (ServiceException away) {
                cloud.world().tell("cannot start: " + away.code().name());
                cloud.kill(this);
                return;
            }
            cloud.world().start(name + "/clock", life, () -> again(TICK, operations::tick));
            cloud.world()
                    .start(
                            name + "/refresh",
                            life,
                            () -> again(REFRESH, () -> {
                                compute.refresh();
                                compute.compareGuests();
                            }));
        });
    }

    /** As the program's own threads do it: what goes wrong is logged, and done again the next time. */
    private void again(Duration interval, Runnable work) {
        while (true) {
            cloud.world().rest(interval);
            try {
                work.run();
            } catch (ServiceException away) {
                cloud.world().tell("puts it off: " + away.code().name());
            }
        }
    }

    /** Every place that its operations tell of. */
    Set<String> places() {
        return compute.operations().stream()
                .flatMap(operation -> WatchedOperation.places(operation.plan()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    String name() {
        return name;
    }

    Life life() {
        return life;
    }

    SimulatedClock clock() {
        return clock;
    }

    ComputeService compute() {
        return compute;
    }

    Operations operations() {
        return operations;
    }
}
