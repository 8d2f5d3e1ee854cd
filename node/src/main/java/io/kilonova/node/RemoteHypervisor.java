package io.kilonova.node;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.ServiceException;
import io.kilonova.node.NodeCommand.Abandon;
import io.kilonova.node.NodeCommand.Card;
import io.kilonova.node.NodeCommand.Console;
import io.kilonova.node.NodeCommand.Effect;
import io.kilonova.node.NodeCommand.Guest;
import io.kilonova.node.NodeCommand.GuestId;
import io.kilonova.node.NodeCommand.Import;
import io.kilonova.node.NodeCommand.Migrate;
import io.kilonova.node.NodeCommand.Offer;
import io.kilonova.node.NodeCommand.PassageOffer;
import io.kilonova.node.NodeCommand.Prepare;
import io.kilonova.node.NodeCommand.Reboot;
import io.kilonova.node.NodeCommand.Stop;
import io.kilonova.node.NodeCommand.Teller;
import io.kilonova.node.NodeCommand.Ticket;
import io.kilonova.node.Wire.Line;
import io.kilonova.node.Wire.Nothing;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GraphicsEndpoint;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestReport;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HostInventory;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationOptions;
import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.spi.LiveMigrationTarget;
import io.kilonova.spi.Progress;
import io.kilonova.spi.RebootKind;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hypervisor of a node, as a controller has it. A command whose answer was lost is sent again under its number, for as long
 * as a node takes to start anew; what it did the first time is its answer. Whatever fails on the way is
 * {@link HypervisorError#HYPERVISOR_UNREACHABLE}.
 */
final class RemoteHypervisor implements Hypervisor {
    /** How long a command is sent again after it was last heard of; an agent starts within a few seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration PAUSE = Duration.ofMillis(500);

    /** What a controller says that does not reach the node either, or cannot pass anything on. */
    private static final Set<ErrorCode> NO_WAY = Set.of(NodeError.NODE_NOT_REACHED, NodeError.NO_SUCH_ADDRESS);

    private static final Logger LOG = LoggerFactory.getLogger(RemoteHypervisor.class);

    private final String host;
    private final NodeFleet fleet;
    private final Map<Outcome, Tally> outcomes = new ConcurrentHashMap<>();

    /** How many commands came to an outcome, and how long they took. */
    private record Tally(LongAdder commands, LongAdder nanos) {
        CommandsGiven read() {
            return new CommandsGiven(commands.sum(), nanos.sum() / 1e9);
        }
    }

    /** What comes of a command. */
    private enum Outcome {
        DONE,
        REFUSED,
        UNREACHABLE,
        /** It was not sent, because the controller may no longer give it, or this program is wrong. */
        FAILED
    }

    RemoteHypervisor(String host, NodeFleet fleet) {
        this.host = host;
        this.fleet = fleet;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public HostInventory inventory() {
        return call(NodeCommand.INVENTORY, new Nothing(), silently());
    }

    @Override
    public void spawn(GuestSpecification guest, Progress progress) {
        call(NodeCommand.SPAWN, new Guest(guest), telling(progress));
    }

    @Override
    public void start(GuestSpecification guest) {
        call(NodeCommand.START, new Guest(guest), silently());
    }

    @Override
    public void stop(String guestId, Duration grace) {
        call(NodeCommand.STOP, new Stop(guestId, grace), silently());
    }

    @Override
    public void reboot(GuestSpecification guest, RebootKind kind, Duration grace) {
        call(NodeCommand.REBOOT, new Reboot(guest, kind, grace), silently());
    }

    @Override
    public void pause(String guestId) {
        call(NodeCommand.PAUSE, new GuestId(guestId), silently());
    }

    @Override
    public void unpause(String guestId) {
        call(NodeCommand.UNPAUSE, new GuestId(guestId), silently());
    }

    @Override
    public void suspend(String guestId) {
        call(NodeCommand.SUSPEND, new GuestId(guestId), silently());
    }

    @Override
    public void resume(GuestSpecification guest) {
        call(NodeCommand.RESUME, new Guest(guest), silently());
    }

    @Override
    public void destroy(String guestId) {
        call(NodeCommand.DESTROY, new GuestId(guestId), silently());
    }

    /** Nodes fetch disks from each other: no controller stands between them. */
    @Override
    public InputStream exportDisks(String guestId) {
        throw HypervisorError.NOT_SUPPORTED.with(host, "disks go from node to node");
    }

    @Override
    public void importDisks(GuestSpecification guest, DiskSource source, Progress progress) {
        NodeAddress from = addressOf(source.host());
        NodeAddress here = target();
        Ticket ticket =
                fleet.remote(source.host()).call(NodeCommand.OFFER_DISKS, new Offer(guest.id(), here.id()), silently());
        call(NodeCommand.IMPORT_DISKS, new Import(guest, source.host(), from, ticket), telling(progress));
    }

    @Override
    public LiveMigrationTarget prepareLiveMigration(GuestSpecification guest, boolean copyDisks, Progress progress) {
        return call(NodeCommand.PREPARE_LIVE_MIGRATION, new Prepare(guest, copyDisks), telling(progress));
    }

    @Override
    public void liveMigrate(
            GuestSpecification guest,
            LiveMigrationTarget target,
            LiveMigrationOptions options,
            LiveMigrationProgress.Listener listener) {
        NodeAddress to = addressOf(target.host());
        Ticket ticket = fleet.remote(target.host())
                .call(NodeCommand.OFFER_PASSAGE, new PassageOffer(guest.id(), target().id(), target), silently());
        call(
                NodeCommand.LIVE_MIGRATE,
                new Migrate(guest, target, options, to, ticket),
                new Listening(Progress.silent(), listener));
    }

    @Override
    public void abortLiveMigration(String guestId) {
        call(NodeCommand.ABORT_LIVE_MIGRATION, new GuestId(guestId), silently());
    }

    @Override
    public void forceCompleteLiveMigration(String guestId) {
        call(NodeCommand.FORCE_COMPLETE_LIVE_MIGRATION, new GuestId(guestId), silently());
    }

    @Override
    public void attachInterface(GuestSpecification guest, GuestInterface added) {
        call(NodeCommand.ATTACH_INTERFACE, new Card(guest, added), silently());
    }

    @Override
    public void detachInterface(GuestSpecification guest, GuestInterface removed) {
        call(NodeCommand.DETACH_INTERFACE, new Card(guest, removed), silently());
    }

    @Override
    public byte[] console(String guestId, int maximumBytes) {
        return call(NodeCommand.CONSOLE, new Console(guestId, maximumBytes), silently())
                .bytes();
    }

    @Override
    public Optional<GraphicsEndpoint> graphics(String guestId) {
        return call(NodeCommand.GRAPHICS, new GuestId(guestId), silently()).endpoint();
    }

    @Override
    public List<GuestReport> guests() {
        return call(NodeCommand.GUESTS, new Nothing(), silently()).guests();
    }

    /** Nodes tell what they saw to whichever controller answers them. */
    @Override
    public Subscription subscribe(Consumer<GuestEvent> listener) {
        throw HypervisorError.NOT_SUPPORTED.with(host, "events come to the gates of controllers");
    }

    /** The node is not this controller's: nothing is to be let go of. */
    @Override
    public void close() {}

    private NodeAddress target() {
        return addressOf(host);
    }

    private NodeAddress addressOf(String name) {
        return fleet.address(name)
                .orElseThrow(() -> HypervisorError.HYPERVISOR_UNREACHABLE.with(name, "no such node said where it is"));
    }

    private <Q, A> A call(NodeCommand<Q, A> command, Q question, Teller teller) {
        Outcome outcome = Outcome.FAILED;
        long since = System.nanoTime();
        try {
            A answer = untilAnswered(command, question, teller);
            outcome = Outcome.DONE;
            return answer;
        } catch (ServiceException failure) {
            outcome = failure.code() == HypervisorError.HYPERVISOR_UNREACHABLE ? Outcome.UNREACHABLE : Outcome.REFUSED;
            throw failure;
        } finally {
            Tally tally = outcomes.computeIfAbsent(outcome, first -> new Tally(new LongAdder(), new LongAdder()));
            tally.commands().increment();
            tally.nanos().add(System.nanoTime() - since);
        }
    }

    /** What was given, by its outcome. */
    void count(BiConsumer<String, CommandsGiven> counter) {
        outcomes.forEach((outcome, tally) -> counter.accept(outcome.name().toLowerCase(Locale.ROOT), tally.read()));
    }

    private <Q, A> A untilAnswered(NodeCommand<Q, A> command, Q question, Teller teller) {
        CommandEnvelope unaddressed = fleet.envelope(command, question);
        Map<String, String> origin = fleet.origin().headers();
        long giveUpNanos = fleet.threads().nanos() + command.limit().toNanos();
        AtomicLong heardNanos = new AtomicLong(fleet.threads().nanos());
        boolean patient = command.effect() == Effect.CHANGES || command.effect() == Effect.ENDS;
        boolean straight = true;
        for (int attempt = 1; ; attempt++) {
            fleet.requireOwnership();
            NodeAddress target = target();
            CommandEnvelope envelope = new CommandEnvelope(target.id(), unaddressed.order(), unaddressed.question());
            // Around what is between this controller and a node that it does not hear, where a way is known; or else
            // straight.
            Optional<String> gate = straight ? fleet.hearsay().detour(target.id()) : Optional.empty();
            straight = gate.isEmpty();
            try {
                return once(command, new Delivery(target, gate, origin, envelope), teller, heardNanos);
            } catch (IOException failure) {
                if (straight && fleet.hearsay().detour(target.id()).isEmpty()) {
                    Optional<String> _ = fleet.hearsay().seek(target.id());
                }
                long now = fleet.threads().nanos();
                // A connection that was kept may have been closed just now: one that only looks is asked twice.
                if (!patient && attempt > 1 || now > giveUpNanos || now - heardNanos.get() > PATIENCE.toNanos()) {
                    throw HypervisorError.HYPERVISOR_UNREACHABLE.because(failure, host, failure.getMessage());
                }
                pause(command, envelope);
            } catch (ServiceException failure) {
                if (gate.isPresent() && NO_WAY.contains(failure.code())) {
                    continue;
                }
                // It may have been done: that could not be written down.
                throw failure.code() == NodeError.JOURNAL_UNUSABLE
                        ? HypervisorError.HYPERVISOR_UNREACHABLE.because(failure, host, failure.sentence())
                        : failure;
            } catch (InterruptedException interrupted) {
                throw abandoned(command, envelope, interrupted);
            }
        }
    }

    private <Q, A> A once(NodeCommand<Q, A> command, Delivery delivery, Teller teller, AtomicLong heardNanos)
            throws IOException, InterruptedException {
        CompletableFuture<Line> end = new CompletableFuture<>();
        fleet.deliver(command, delivery, bytes -> {
            heardNanos.set(fleet.threads().nanos());
            if (bytes.length == 0) {
                return;
            }
            Line line = Wire.read(bytes, Line.class);
            line.told().ifPresent(told -> teller.report(told.sentence(), told.percent()));
            line.moved().ifPresent(teller::moved);
            if (line.answer().isPresent() || line.refusal().isPresent()) {
                end.complete(line);
            }
        });
        if (!end.isDone()) {
            throw new IOException("the answer was cut off");
        }
        Line last = end.join();
        if (last.refusal().isPresent()) {
            throw last.refusal().get().toException();
        }
        try {
            return Wire.read(last.answer().orElseThrow(), command.answer());
        } catch (ServiceException unreadable) {
            throw new IOException(unreadable.sentence(), unreadable);
        }
    }

    private void pause(NodeCommand<?, ?> command, CommandEnvelope envelope) {
        try {
            fleet.threads().sleep(PAUSE);
        } catch (InterruptedException interrupted) {
            throw abandoned(command, envelope, interrupted);
        }
    }

    /** Whoever waited was interrupted: so is the command, where its node can be reached. */
    private ServiceException abandoned(
            NodeCommand<?, ?> command, CommandEnvelope envelope, InterruptedException interrupted) {
        if (command.effect() == Effect.CHANGES || command.effect() == Effect.ENDS) {
            fleet.threads().start("abandon", () -> abandon(envelope.order().number()));
        }
        Thread.currentThread().interrupt();
        return HypervisorError.HYPERVISOR_UNREACHABLE.because(interrupted, host, "the command was interrupted");
    }

    /** The edge of the thread. */
    private void abandon(String number) {
        try {
            Nothing _ = call(NodeCommand.ABANDON, new Abandon(number), silently());
        } catch (ServiceException unheard) {
            LOG.debug("host={} the command {} goes on: {}", host, number, unheard.sentence());
        }
    }

    private static Teller silently() {
        return telling(Progress.silent());
    }

    private static Teller telling(Progress progress) {
        return new Listening(progress, moved -> {});
    }

    /** Tells both. */
    private record Listening(Progress progress, LiveMigrationProgress.Listener listener) implements Teller {
        @Override
        public void report(String sentence, int percent) {
            progress.report(sentence, percent);
        }

        @Override
        public void moved(LiveMigrationProgress moved) {
            listener.moved(moved);
        }
    }
}
