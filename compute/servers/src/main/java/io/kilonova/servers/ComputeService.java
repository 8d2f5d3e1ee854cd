package io.kilonova.servers;

import io.kilonova.access.Caller;
import io.kilonova.access.Visibility;
import io.kilonova.errors.ServiceException;
import io.kilonova.images.Images;
import io.kilonova.networks.CardRequest;
import io.kilonova.networks.NetworkChoice;
import io.kilonova.networks.Networks;
import io.kilonova.networks.ServerCard;
import io.kilonova.operations.Operation;
import io.kilonova.operations.OperationView;
import io.kilonova.operations.Operations;
import io.kilonova.placement.Allocations;
import io.kilonova.placement.Inventories;
import io.kilonova.placement.ResourceProviders;
import io.kilonova.scheduling.Scheduler;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.HostInventory;
import io.kilonova.spi.Hypervisor;
import io.kilonova.storage.Database;
import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.OldRows;
import io.kilonova.storage.Retention;
import io.kilonova.storage.Transaction;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** All that can be asked of servers, in one place; the API above calls nothing else of this room to change one. */
public final class ComputeService implements AutoCloseable {
    /** The folder of this room's tables. */
    public static final String MIGRATIONS = "db/servers";

    private static final FixedStatement OWNED = FixedStatement.of(
            sql -> sql.select(ServerColumns.ID).from(ServerColumns.SERVERS).where(ServerColumns.ID.eq("")));
    private static final Duration WAIT = Duration.ofSeconds(60);

    /** What was done to servers, why they are where they are, whence they came, and those that are gone. */
    private static final Map<OldRows, Retention> HISTORY = Map.of(
            new OldRows("instance_actions", "id", "started_at"),
            new Retention(Duration.ofDays(90), 1_000_000),
            new OldRows("placement_decisions", "server_id, decided_at", "decided_at"),
            new Retention(Duration.ofDays(90), 1_000_000),
            new OldRows("deleted_servers", "id", "updated_at"),
            new Retention(Duration.ofDays(30), 1_000_000),
            new OldRows("migrations", "id", "updated_at", MigrationStatus.CLOSED),
            new Retention(Duration.ofDays(90), 1_000_000));

    private final Compute compute;
    private final CreateServers creates;
    private final ServerCommands commands;
    private final MoveCommands moves;
    private final Keypairs keypairs;
    private final HostReports reports;
    private final HostNames names;
    private final Aggregates aggregates;
    private final PowerStates powers;
    private final HostWatch watch;
    private final Completions completions = new Completions();

    /**
     * What the service is made from.
     *
     * @param database where servers are kept
     * @param images where their disks come from
     * @param networks where their cards are connected
     * @param allocations who has taken what
     * @param providers the hosts as resource providers
     * @param inventories what the hosts have
     * @param scheduler who decides where servers go
     * @param fleet the hosts
     * @param configDrives who writes config drives
     * @param flavors the flavors
     * @param keypairs the key pairs
     * @param hosts the hosts as services
     * @param options what an operator chose
     * @param clock of the program
     */
    public record Setup(
            Database database,
            Images images,
            Networks networks,
            Allocations allocations,
            ResourceProviders providers,
            Inventories inventories,
            Scheduler scheduler,
            Fleet fleet,
            ConfigDriveSource configDrives,
            Flavors flavors,
            Keypairs keypairs,
            ComputeHosts hosts,
            ComputeOptions options,
            Clock clock) {}

    /** A service that is not started yet. */
    public ComputeService(Setup setup) {
        Database database = setup.database();
        ServerStore servers = new ServerStore(database);
        ServerGroups groups = new ServerGroups(database);
        this.compute = new Compute(new Compute.Parts(
                database,
                servers,
                new ServerChanges(servers),
                new InstanceActions(database),
                new PlacementDecisions(database),
                new Quotas(database, setup.options().quotas()),
                groups,
                setup.hosts(),
                setup.allocations(),
                setup.networks(),
                setup.fleet(),
                new HostLedger(setup.scheduler(), new SecureRandom()),
                new Migrations(database),
                new PlacementRequests(servers, groups),
                new GuestSpecifications(setup.configDrives()),
                setup.options()));
        this.creates = new CreateServers(
                compute, setup.flavors(), setup.keypairs(), new ServerImages(setup.images()), setup.clock());
        ServerImages images = new ServerImages(setup.images());
        this.commands = new ServerCommands(compute, images, setup.clock());
        this.moves = new MoveCommands(compute, commands, setup.flavors(), images, setup.clock());
        this.keypairs = setup.keypairs();
        this.reports = new HostReports(compute, setup.providers(), setup.inventories(), setup.clock());
        this.names = new HostNames(compute, reports);
        this.aggregates = new Aggregates(compute, setup.clock());
        compute.follow(new HostChanges(database, setup.clock(), reports::renewal));
        this.powers = new PowerStates(compute, setup.clock());
        this.watch = new HostWatch(compute, reports, powers);
        setup.networks()
                .observe((transaction, serverId, cards) -> servers.updateCards(
                        transaction, serverId, cards, setup.clock().instant()));
    }

    /** Whether a consumer of allocations is a server of this cloud, or the move of one. */
    public static boolean owns(Transaction transaction, String consumer) {
        return OWNED.fetchOptional(transaction.sql(), consumer).isPresent()
                || Migrations.exists(transaction.sql(), consumer);
    }

    /** The kinds of operations on servers, for {@link Operations}. */
    public List<Operation<?>> operations() {
        return List.of(
                new BuildServer(compute),
                new DeleteServer(compute),
                new CommandServer(compute),
                new RebuildServer(compute),
                new ResizeServer(compute),
                new ConfirmResize(compute),
                new RevertResize(compute),
                new LiveMigrateServer(compute),
                new EvacuateServer(compute),
                new ChangeInterfaces(compute, completions));
    }

    /** Who carries them out. */
    public Operations engine() {
        return compute.operations();
    }

    /** Gives the service who carries its operations out; once, before {@link #start}. */
    public void bind(Operations operations) {
        compute.bind(operations);
    }

    /** Asks this machine's hosts what they are, compares their guests with the servers, and listens to them. */
    public void start() {
        names.followOnlyHost();
        watch.start();
        catchUp();
    }

    /** How many hosts each check of the scheduler has rejected since the start, by the check's name. */
    public Map<String, Long> rejections() {
        return compute.ledger().rejections();
    }

    /** Lets history that is too old or too much go, in small batches. Called every hour. */
    public void forgetOld(Instant now) {
        HISTORY.forEach((rows, retention) -> rows.sweep(compute.database(), retention, now));
    }

    /**
     * Asks each of this machine's hosts again what it is and has. A host that does not answer, or of another machine that fell
     * silent, gets no new servers. Called every few seconds.
     */
    public void refresh() {
        watch.look();
        compute.hosts().list().stream()
                .filter(host -> !compute.hosts().isUp(host))
                .map(ComputeHost::host)
                .forEach(host -> reports.lost(host, "it fell silent"));
        compute.hostChanges().trim();
        moves.confirmAfter(compute.options().resizeConfirmWindow());
    }

    /** Compares the guests of this machine's hosts with the servers, for news that no event told. Called every minute. */
    public void compareGuests() {
        watch.compareGuests();
    }

    /**
     * Brings the scheduler's view of the hosts up to date with what other controllers did. Called twice a second: an older view
     * only has more decisions made twice.
     */
    public void catchUp() {
        compute.hostChanges().catchUp();
    }

    /** How many guests were found last on each host that are no servers of this cloud; they are left alone. */
    public Map<String, Long> unknownGuests() {
        return powers.unknownGuests();
    }

    /** How many hosts this controller did not hear yet, and would place servers on; none half a minute after its start. */
    public long awaitedHosts() {
        return compute.room().awaited();
    }

    /** The hypervisors that this controller reaches. */
    public Collection<Hypervisor> hypervisors() {
        return compute.fleet().all();
    }

    /** Takes in that a host on another machine gave a sign of life so long {@code ago}: it may get servers again. */
    public void heard(String host, Duration ago) {
        compute.hosts().heard(host, ago, true);
        reports.notice(host);
    }

    /** The same, and its hypervisor does not answer it, for {@code reason}. */
    public void unfit(String host, Duration ago, String reason) {
        compute.hosts().heard(host, ago, false);
        reports.lost(host, reason);
    }

    /**
     * A host is called otherwise from now on: its service, servers, moves, ports and aggregates with it, in one transaction
     * with {@code also}. Repeated for what was written down by the old name meanwhile.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#HOST_NAME_TAKEN},
     *     {@link CatalogueError#HOST_BUSY}; nothing is changed
     */
    public void renamed(String from, String to, Consumer<Transaction> also) {
        names.rename(from, to, also);
    }

    /** Takes in what a host on another machine says it is and has, and compares its guests with the servers. */
    public void reported(String host, HostInventory inventory) {
        compute.fleet().find(host).ifPresent(hypervisor -> watch.reported(hypervisor, inventory));
    }

    /** Takes in what a host saw of a guest. */
    public void saw(String host, GuestEvent event) {
        powers.reported(host, event.guestId(), event.power());
    }

    /** What takes servers from host to host. */
    public MoveCommands moves() {
        return moves;
    }

    /** Where servers are read. */
    public ServerStore servers() {
        return compute.servers();
    }

    /** What was asked of servers. */
    public InstanceActions actions() {
        return compute.actions();
    }

    /** Where servers were put, and why. */
    public PlacementDecisions decisions() {
        return compute.decisions();
    }

    /** The groups of servers that are kept together or apart. */
    public ServerGroups groups() {
        return compute.groups();
    }

    /** The groups of hosts. */
    public Aggregates aggregates() {
        return aggregates;
    }

    /** What projects may have and have. */
    public Quotas quotas() {
        return compute.quotas();
    }

    /** Makes servers; returns them as they are accepted. */
    public List<Server> create(ServerCreate create) {
        return creates.create(create);
    }

    /** Has a server deleted. */
    public void delete(Caller caller, String requestId, String serverId) {
        commands.delete(new ServerCommands.Order(caller, requestId, serverId));
    }

    /** Has a power command carried out: start, stop, reboot, pause, unpause, suspend or resume. */
    public void command(Caller caller, String requestId, String serverId, ServerCommand command) {
        commands.submit(
                new ServerCommands.Order(caller, requestId, serverId),
                command,
                CommandServer.NAME,
                ServerCommands.Detail.none());
    }

    /** Has a server's disks made anew. */
    public void rebuild(Caller caller, String requestId, String serverId, ServerRebuild rebuild) {
        commands.rebuild(new ServerCommands.Order(caller, requestId, serverId), rebuild, keypairs);
    }

    /** Locks a server. */
    public void lock(Caller caller, String requestId, String serverId, Optional<String> reason) {
        commands.lock(new ServerCommands.Order(caller, requestId, serverId), reason);
    }

    /** Unlocks a server. */
    public void unlock(Caller caller, String requestId, String serverId) {
        commands.unlock(new ServerCommands.Order(caller, requestId, serverId));
    }

    /** Changes what a user calls a server. */
    public Server update(Caller caller, String requestId, String serverId, ServerUpdate update) {
        commands.update(new ServerCommands.Order(caller, requestId, serverId), update);
        return servers().get(caller.visibility(), serverId);
    }

    /** Merges metadata into a server's, or replaces it; returns what it is then. */
    public Map<String, String> updateMetadata(
            Caller caller, String requestId, String serverId, Map<String, String> given, boolean replace) {
        return commands.updateMetadata(new ServerCommands.Order(caller, requestId, serverId), given, replace);
    }

    /** Removes one item of a server's metadata. */
    public void deleteMetadata(Caller caller, String requestId, String serverId, String key) {
        commands.deleteMetadata(new ServerCommands.Order(caller, requestId, serverId), key);
    }

    /** Changes a server's tags by a function of those that it has; returns what they are then. */
    public List<String> changeTags(
            Caller caller, String requestId, String serverId, UnaryOperator<List<String>> change) {
        return commands.changeTags(new ServerCommands.Order(caller, requestId, serverId), change);
    }

    /** Attaches a network card, and answers when it is plugged. */
    public ServerCard attachInterface(Caller caller, String requestId, String serverId, CardRequest request) {
        Attachment attachment = beginToAttachInterface(caller, requestId, serverId, request);
        OperationView view = completions
                .await(compute.operations(), attachment.operationId(), WAIT)
                .orElseThrow(() -> ServerError.INTERFACE_SLOW.with(serverId));
        if (view.failure().isPresent()) {
            throw ServerError.INTERFACE_FAILED.with(view.failure().get().sentence());
        }
        return servers().get(caller.visibility(), serverId).cards().stream()
                .filter(card -> card.portId().equals(attachment.portId()))
                .findFirst()
                .orElseThrow(() -> ServerError.INTERFACE_FAILED.with("it was detached at once"));
    }

    /** A card that is being attached: by which operation, and on which port. */
    public record Attachment(String operationId, String portId) {}

    /** Has a network card attached, and does not wait for it. */
    public Attachment beginToAttachInterface(Caller caller, String requestId, String serverId, CardRequest request) {
        CardRequest planned = compute.networks()
                .plan(caller, new NetworkChoice.Cards(List.of(request)), List.of())
                .getFirst();
        String port = planned.portId().orElseGet(() -> UUID.randomUUID().toString());
        return new Attachment(
                commands.attach(new ServerCommands.Order(caller, requestId, serverId), planned, port), port);
    }

    /** Has a network card detached. */
    public void detachInterface(Caller caller, String requestId, String serverId, String portId) {
        Server server = servers().get(caller.visibility(), serverId);
        if (server.cards().stream().noneMatch(card -> card.portId().equals(portId))) {
            throw ServerError.PORT_NOT_ATTACHED.with(portId, serverId);
        }
        commands.detach(new ServerCommands.Order(caller, requestId, serverId), portId);
    }

    /** The end of a server's serial console, at most {@code maximumBytes}. */
    public byte[] console(Visibility visibility, String serverId, int maximumBytes) {
        Server server = servers().get(visibility, serverId);
        return compute.fleet().of(server).console(serverId, maximumBytes);
    }

    /** Lets new servers go to a host again, or keeps them off it. */
    public void setDisabled(String host, boolean disabled, Optional<String> reason) {
        compute.database().change(transaction -> {
            compute.hosts().setDisabled(transaction, host, disabled, reason);
            transaction.afterCommit(() ->
                    compute.ledger().change(host, known -> known.withState(!disabled, known.up())));
        });
    }

    /** Says that a host is dead, or no longer. */
    public void setForcedDown(String host, boolean forcedDown) {
        boolean evacuated = compute.migrations().openAt(host).stream().anyMatch(migration -> migration.awaits(host));
        if (!forcedDown && evacuated) {
            throw CatalogueError.SERVICE_HAS_EVACUATIONS.with(host);
        }
        compute.database().change(transaction -> {
            compute.hosts().setForcedDown(transaction, host, forcedDown);
            transaction.afterCommit(() ->
                    compute.ledger().change(host, known -> known.withState(known.enabled(), !forcedDown)));
        });
    }

    /**
     * Forgets a host that is down and has no servers; it is known anew should it answer again.
     *
     * @throws ServiceException {@link CatalogueError#SERVICE_UP}, {@link CatalogueError#SERVICE_HAS_SERVERS}
     */
    public void forgetHost(String host) {
        compute.database().change(transaction -> reports.forget(transaction, host));
    }

    /** Stops listening to the hosts. Operations are stopped by whoever started them. */
    @Override
    public void close() {
        watch.close();
    }
}
