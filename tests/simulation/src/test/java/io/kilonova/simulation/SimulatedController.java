package io.kilonova.simulation;

import io.kilonova.errors.ServiceException;
import io.kilonova.networks.BuiltInNetworks;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.node.CommandScope;
import io.kilonova.node.NodeFleet;
import io.kilonova.node.SimulatedGate;
import io.kilonova.operations.CommandToken;
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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The real services of one controller, made as the launcher makes them, in a process that can be killed. */
final class SimulatedController {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration REFRESH = Duration.ofSeconds(20);
    private static final Duration COMPARISON = Duration.ofSeconds(60);
    private static final Duration FOLLOWING = Duration.ofMillis(500);
    private static final Duration REGISTER = Duration.ofSeconds(5);

    private final SimulatedCloud cloud;
    private final String name;
    private final String gateAddress;
    private final Life life = new Life();
    private final SimulatedClock clock;
    private final Optional<SimulatedGate> gate;
    private final ComputeService compute;
    private final Operations operations;

    /** A controller that is not started yet; in a cluster it will hear nodes at {@code gateAddress}. */
    SimulatedController(SimulatedCloud cloud, String name, String gateAddress) {
        World world = cloud.world();
        this.cloud = cloud;
        this.name = name;
        this.gateAddress = gateAddress;
        this.clock = new SimulatedClock(world);
        Database database = Database.simulated(
                cloud.connection(), cloud.isCluster(), new DatabaseLink(world, cloud.weather(), name, life));
        this.gate = cloud.isCluster()
                ? Optional.of(new SimulatedGate(
                        cloud.network(),
                        new LivingProcess(world, name, life),
                        gateAddress,
                        database,
                        clock,
                        SimulatedController::scope))
                : Optional.empty();
        ConsumerOwners owners = (transaction, type, consumer) -> ComputeService.owns(transaction, consumer);
        ResourceProviders providers = new ResourceProviders(clock);
        this.compute = new ComputeService(new ComputeService.Setup(
                database,
                new OneImage(),
                new BuiltInNetworks(database, NetworkBackend.none(), clock),
                new Allocations(owners, clock),
                providers,
                new Inventories(providers, clock),
                new Scheduler(SchedulerOptions.defaults()),
                gate.map(SimulatedGate::fleet).map(this::nodes).orElseGet(this::own),
                server -> Map.of(),
                new Flavors(database),
                new Keypairs(database),
                new ComputeHosts(database, clock, world::nowMillis),
                ComputeOptions.defaults(),
                clock));
        this.operations = new Operations(database, watched(), engine(world), clock);
        compute.bind(operations);
    }

    private static Optional<CommandScope> scope() {
        return CommandToken.current()
                .map(token -> new CommandScope(
                        token.operationId(),
                        token.step(),
                        token.subject(),
                        token.fence(),
                        token.requestId(),
                        token.traceParent()));
    }

    /** The hosts beside it. */
    private Fleet own() {
        return Fleet.of(cloud.hosts().stream()
                .map(host -> HostLink.of(cloud, name, life, host))
                .toList());
    }

    /** The hosts of a cluster. */
    private Fleet nodes(NodeFleet nodes) {
        return new Fleet() {
            @Override
            public Optional<Hypervisor> find(String host) {
                return nodes.hypervisor(host);
            }

            @Override
            public Collection<Hypervisor> all() {
                return nodes.hypervisors();
            }

            @Override
            public Collection<Hypervisor> own() {
                return List.of();
            }

            @Override
            public boolean isHeardElsewhere(String host) {
                return nodes.isHeardElsewhere(host);
            }
        };
    }

    private OperationsOptions engine(World world) {
        OperationsOptions options = cloud.isCluster() ? OperationsOptions.cluster(name) : OperationsOptions.embedded();
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
                gate.ifPresent(opens -> opens.open(
                        new GateDuties(compute, cloud.bug()), cloud.bug().asksOthers()));
            } catch (ServiceException away) {
                cloud.world().tell("cannot start: " + away.code().name());
                cloud.kill(this);
                return;
            }
            cloud.world().start(name + "/clock", life, () -> again(TICK, operations::tick));
            cloud.world().start(name + "/refresh", life, () -> again(REFRESH, compute::refresh));
            cloud.world().start(name + "/comparison", life, () -> again(COMPARISON, compute::compareGuests));
            gate.ifPresent(opened -> {
                cloud.world().start(name + "/follow", life, () -> again(FOLLOWING, compute::catchUp));
                cloud.world().start(name + "/register", life, () -> again(REGISTER, opened::look));
            });
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

    /** Where it hears nodes. */
    String gate() {
        return gateAddress;
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
