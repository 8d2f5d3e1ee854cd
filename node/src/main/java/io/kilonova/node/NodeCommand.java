package io.kilonova.node;

import io.kilonova.node.Wire.Nothing;
import io.kilonova.spi.GraphicsEndpoint;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestReport;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HostInventory;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.LiveMigrationOptions;
import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.spi.LiveMigrationTarget;
import io.kilonova.spi.Progress;
import io.kilonova.spi.RebootKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A command of a controller to a node: what is asked, what is answered, how long that may take, and what the node has its
 * hypervisor do. The constants are all that there are.
 *
 * @param <Q> what is asked
 * @param <A> what is answered
 * @param name in the address that it is sent to
 * @param effect what it does to a guest
 * @param limit how long it may take
 * @param question the type of what is asked
 * @param answer the type of what is answered
 * @param work what the node does
 */
record NodeCommand<Q, A>(
        String name, Effect effect, Duration limit, Class<Q> question, Class<A> answer, Work<Q, A> work) {

    /** What a command does to a guest, and so how it is carried out. */
    enum Effect {
        /** Nothing: it may be repeated at will. */
        LOOKS,
        /** It changes the guest: one at a time, and what was done is remembered under its number. */
        CHANGES,
        /** It ends the guest: as {@link #CHANGES}, and what is being done to the guest is given up for it. */
        ENDS,
        /** It changes how another command goes on, and does not wait for that one. */
        STEERS
    }

    /** Carries a command out at the hypervisor. */
    @FunctionalInterface
    interface Work<Q, A> {
        A carryOut(NodeHost host, Q question, Teller teller);
    }

    /** Where a command tells how far it is. */
    interface Teller extends Progress, LiveMigrationProgress.Listener {}

    /** What is asked of one guest. */
    interface Guested {
        String guestId();
    }

    record GuestId(String guestId) implements Guested {}

    record Guest(GuestSpecification guest) implements Guested {
        @Override
        public String guestId() {
            return guest.id();
        }
    }

    record Stop(String guestId, Duration grace) implements Guested {}

    record Reboot(GuestSpecification guest, RebootKind kind, Duration grace) implements Guested {
        @Override
        public String guestId() {
            return guest.id();
        }
    }

    record Card(GuestSpecification guest, GuestInterface card) implements Guested {
        @Override
        public String guestId() {
            return guest.id();
        }
    }

    record Console(String guestId, int maximumBytes) implements Guested {}

    record ConsoleText(byte[] bytes) {}

    record Graphics(Optional<GraphicsEndpoint> endpoint) {}

    record Guests(List<GuestReport> guests) {}

    /** Lets another node fetch the disks of a guest for a while. */
    record Offer(String guestId, String toNode) implements Guested {}

    /** What the other node shows to get them. */
    record Ticket(String secret) {}

    record Import(GuestSpecification guest, String sourceHost, NodeAddress source, Ticket ticket) implements Guested {
        @Override
        public String guestId() {
            return guest.id();
        }
    }

    record Prepare(GuestSpecification guest, boolean copyDisks) implements Guested {
        @Override
        public String guestId() {
            return guest.id();
        }
    }

    /** Lets another node send a running guest here, to what was made ready for it. */
    record PassageOffer(String guestId, String toNode, LiveMigrationTarget target) implements Guested {}

    record Migrate(
            GuestSpecification guest,
            LiveMigrationTarget target,
            LiveMigrationOptions options,
            NodeAddress destination,
            Ticket ticket)
            implements Guested {
        @Override
        public String guestId() {
            return guest.id();
        }
    }

    /** Gives up the command of this number. */
    record Abandon(String number) {}

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration MINUTES = Duration.ofMinutes(5);

    /** Longer than any step: whoever asked gives up first, and says so. */
    private static final Duration LONG = Duration.ofHours(12);

    static final NodeCommand<Nothing, HostInventory> INVENTORY =
            looks("inventory", Nothing.class, HostInventory.class, (hypervisor, asked) -> hypervisor.inventory());
    static final NodeCommand<Nothing, Guests> GUESTS =
            looks("guests", Nothing.class, Guests.class, (hypervisor, asked) -> new Guests(hypervisor.guests()));
    static final NodeCommand<Console, ConsoleText> CONSOLE = looks(
            "console",
            Console.class,
            ConsoleText.class,
            (hypervisor, asked) -> new ConsoleText(hypervisor.console(asked.guestId(), asked.maximumBytes())));
    static final NodeCommand<GuestId, Graphics> GRAPHICS = looks(
            "graphics",
            GuestId.class,
            Graphics.class,
            (hypervisor, asked) -> new Graphics(hypervisor.graphics(asked.guestId())));

    static final NodeCommand<Guest, Nothing> SPAWN =
            changes("spawn", LONG, Guest.class, (hypervisor, asked, teller) -> hypervisor.spawn(asked.guest(), teller));
    static final NodeCommand<Guest, Nothing> START =
            changes("start", MINUTES, Guest.class, (hypervisor, asked, teller) -> hypervisor.start(asked.guest()));
    static final NodeCommand<Stop, Nothing> STOP = changes(
            "stop", LONG, Stop.class, (hypervisor, asked, teller) -> hypervisor.stop(asked.guestId(), asked.grace()));
    static final NodeCommand<Reboot, Nothing> REBOOT = changes(
            "reboot",
            LONG,
            Reboot.class,
            (hypervisor, asked, teller) -> hypervisor.reboot(asked.guest(), asked.kind(), asked.grace()));
    static final NodeCommand<GuestId, Nothing> PAUSE =
            changes("pause", MINUTES, GuestId.class, (hypervisor, asked, teller) -> hypervisor.pause(asked.guestId()));
    static final NodeCommand<GuestId, Nothing> UNPAUSE = changes(
            "unpause", MINUTES, GuestId.class, (hypervisor, asked, teller) -> hypervisor.unpause(asked.guestId()));
    static final NodeCommand<GuestId, Nothing> SUSPEND =
            changes("suspend", LONG, GuestId.class, (hypervisor, asked, teller) -> hypervisor.suspend(asked.guestId()));
    static final NodeCommand<Guest, Nothing> RESUME =
            changes("resume", LONG, Guest.class, (hypervisor, asked, teller) -> hypervisor.resume(asked.guest()));
    static final NodeCommand<Card, Nothing> ATTACH_INTERFACE = changes(
            "attach_interface",
            MINUTES,
            Card.class,
            (hypervisor, asked, teller) -> hypervisor.attachInterface(asked.guest(), asked.card()));
    static final NodeCommand<Card, Nothing> DETACH_INTERFACE = changes(
            "detach_interface",
            MINUTES,
            Card.class,
            (hypervisor, asked, teller) -> hypervisor.detachInterface(asked.guest(), asked.card()));
    static final NodeCommand<Migrate, Nothing> LIVE_MIGRATE = new NodeCommand<>(
            "live_migrate", Effect.CHANGES, LONG, Migrate.class, Nothing.class, (host, asked, teller) -> {
                try (Passage passage = host.passage(asked)) {
                    host.hypervisor().liveMigrate(asked.guest(), passage.target(), asked.options(), teller);
                }
                return new Nothing();
            });
    static final NodeCommand<Import, Nothing> IMPORT_DISKS = new NodeCommand<>(
            "import_disks", Effect.CHANGES, LONG, Import.class, Nothing.class, (host, asked, teller) -> {
                host.hypervisor().importDisks(asked.guest(), host.disksOf(asked), teller);
                return new Nothing();
            });
    static final NodeCommand<Prepare, LiveMigrationTarget> PREPARE_LIVE_MIGRATION = new NodeCommand<>(
            "prepare_live_migration",
            Effect.CHANGES,
            LONG,
            Prepare.class,
            LiveMigrationTarget.class,
            (host, asked, teller) -> host.hypervisor().prepareLiveMigration(asked.guest(), asked.copyDisks(), teller));

    static final NodeCommand<GuestId, Nothing> DESTROY =
            new NodeCommand<>("destroy", Effect.ENDS, MINUTES, GuestId.class, Nothing.class, (host, asked, teller) -> {
                host.hypervisor().destroy(asked.guestId());
                return new Nothing();
            });

    static final NodeCommand<GuestId, Nothing> ABORT_LIVE_MIGRATION =
            steers("abort_live_migration", GuestId.class, Nothing.class, (host, asked) -> {
                host.hypervisor().abortLiveMigration(asked.guestId());
                return new Nothing();
            });
    static final NodeCommand<GuestId, Nothing> FORCE_COMPLETE_LIVE_MIGRATION =
            steers("force_complete_live_migration", GuestId.class, Nothing.class, (host, asked) -> {
                host.hypervisor().forceCompleteLiveMigration(asked.guestId());
                return new Nothing();
            });
    static final NodeCommand<Offer, Ticket> OFFER_DISKS =
            steers("offer_disks", Offer.class, Ticket.class, (host, asked) -> host.offer(asked));
    static final NodeCommand<PassageOffer, Ticket> OFFER_PASSAGE =
            steers("offer_passage", PassageOffer.class, Ticket.class, (host, asked) -> host.offer(asked));
    static final NodeCommand<Abandon, Nothing> ABANDON =
            steers("abandon", Abandon.class, Nothing.class, (host, asked) -> {
                host.abandon(asked.number());
                return new Nothing();
            });

    private static final Map<String, NodeCommand<?, ?>> BY_NAME = Stream.of(
                    INVENTORY,
                    GUESTS,
                    CONSOLE,
                    GRAPHICS,
                    SPAWN,
                    START,
                    STOP,
                    REBOOT,
                    PAUSE,
                    UNPAUSE,
                    SUSPEND,
                    RESUME,
                    ATTACH_INTERFACE,
                    DETACH_INTERFACE,
                    LIVE_MIGRATE,
                    IMPORT_DISKS,
                    PREPARE_LIVE_MIGRATION,
                    DESTROY,
                    ABORT_LIVE_MIGRATION,
                    FORCE_COMPLETE_LIVE_MIGRATION,
                    OFFER_DISKS,
                    OFFER_PASSAGE,
                    ABANDON)
            .collect(Collectors.toUnmodifiableMap(NodeCommand::name, Function.identity()));

    static Optional<NodeCommand<?, ?>> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** The guest that a question is about; empty text when it is about the host. */
    static String guestOf(Object question) {
        return question instanceof Guested guested ? guested.guestId() : "";
    }

    private interface Look<Q, A> {
        A look(Hypervisor hypervisor, Q asked);
    }

    private interface Change<Q> {
        void change(Hypervisor hypervisor, Q asked, Teller teller);
    }

    private interface Steering<Q, A> {
        A steer(NodeHost host, Q asked);
    }

    private static <Q, A> NodeCommand<Q, A> looks(String name, Class<Q> question, Class<A> answer, Look<Q, A> look) {
        return new NodeCommand<>(
                name,
                Effect.LOOKS,
                SOON,
                question,
                answer,
                (host, asked, teller) -> look.look(host.hypervisor(), asked));
    }

    private static <Q> NodeCommand<Q, Nothing> changes(
            String name, Duration limit, Class<Q> question, Change<Q> change) {
        return new NodeCommand<>(name, Effect.CHANGES, limit, question, Nothing.class, (host, asked, teller) -> {
            change.change(host.hypervisor(), asked, teller);
            return new Nothing();
        });
    }

    private static <Q, A> NodeCommand<Q, A> steers(
            String name, Class<Q> question, Class<A> answer, Steering<Q, A> steering) {
        return new NodeCommand<>(
                name, Effect.STEERS, SOON, question, answer, (host, asked, teller) -> steering.steer(host, asked));
    }
}
