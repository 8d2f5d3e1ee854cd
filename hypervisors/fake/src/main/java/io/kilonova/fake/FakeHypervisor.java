package io.kilonova.fake;

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
import io.kilonova.spi.PowerState;
import io.kilonova.spi.Progress;
import io.kilonova.spi.RebootKind;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One host of lies. It keeps the contract of {@link Hypervisor} to the letter (each command may be repeated), takes any
 * number of guests (room is the scheduler's business), and costs a map entry and one journal line a change.
 */
public final class FakeHypervisor implements Hypervisor {
    private static final String WORD = "[A-Za-z0-9._:-]{1,255}";

    private final String host;
    private final FleetOptions options;
    private final FleetRecord record;
    private final Optional<GuestJournal> journal;
    private final Map<String, FakeGuest> guests;
    private final Ordeal ordeal;
    private final FakeMoves moves;
    private final Optional<FakeArrivals> arrivals;
    private final List<Consumer<GuestEvent>> listeners = new CopyOnWriteArrayList<>();

    /**
     * A host.
     *
     * @param peers the other hosts of this process
     * @param sockets where guests arrive from hosts of other processes
     */
    FakeHypervisor(
            String host,
            FleetOptions options,
            FleetRecord record,
            Function<String, Optional<FakeHypervisor>> peers,
            Optional<Path> sockets) {
        this.host = host;
        this.options = options;
        this.record = record;
        this.journal = options.stateFolder().map(folder -> GuestJournal.of(folder, host));
        this.guests = journal.map(GuestJournal::load).orElseGet(LinkedHashMap::new);
        this.ordeal = new Ordeal(host, options, record);
        this.moves = new FakeMoves(host, peers);
        guests.values().forEach(guest -> record.changed(host, guest));
        this.arrivals = sockets.map(folder -> new FakeArrivals(host, folder, new Arriving()));
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public HostInventory inventory() {
        return ordeal.through(Command.INVENTORY, this::currentInventory);
    }

    @Override
    public void spawn(GuestSpecification guest, Progress progress) {
        progress.report("making disks", 10);
        ordeal.through(Command.SPAWN, () -> {
            checkWord(guest.id());
            checkWord(guest.hypervisorName());
            change(guest.id(), before -> {
                if (before.isPresent() && before.get().live()) {
                    return before.get();
                }
                FakeGuest defined = new FakeGuest(
                        guest.id(), guest.hypervisorName(), true, PowerState.SHUT_DOWN, bootsOf(before), ports(guest));
                return defined.booted();
            });
            return true;
        });
        progress.report("started", 100);
    }

    @Override
    public void start(GuestSpecification guest) {
        ordeal.through(
                Command.START,
                () -> existing(
                        guest.id(),
                        found -> found.live()
                                ? found
                                : found.plugged(ports(guest)).booted()));
    }

    @Override
    public void stop(String guestId, Duration grace) {
        ordeal.through(Command.STOP, () -> existing(guestId, found -> found.powered(PowerState.SHUT_DOWN)));
    }

    @Override
    public void reboot(GuestSpecification guest, RebootKind kind, Duration grace) {
        ordeal.through(
                Command.REBOOT,
                () -> existing(guest.id(), found -> found.plugged(ports(guest)).booted()));
    }

    @Override
    public void pause(String guestId) {
        ordeal.through(
                Command.PAUSE,
                () -> existing(guestId, found -> from(found, Set.of(PowerState.RUNNING), PowerState.PAUSED)));
    }

    @Override
    public void unpause(String guestId) {
        ordeal.through(
                Command.UNPAUSE,
                () -> existing(guestId, found -> from(found, Set.of(PowerState.PAUSED), PowerState.RUNNING)));
    }

    @Override
    public void suspend(String guestId) {
        ordeal.through(
                Command.SUSPEND,
                () -> existing(
                        guestId,
                        found -> from(found, Set.of(PowerState.RUNNING, PowerState.PAUSED), PowerState.SUSPENDED)));
    }

    @Override
    public void resume(GuestSpecification guest) {
        ordeal.through(
                Command.RESUME,
                () -> existing(guest.id(), found -> from(found, Set.of(PowerState.SUSPENDED), PowerState.RUNNING)));
    }

    @Override
    public void destroy(String guestId) {
        ordeal.through(Command.DESTROY, () -> remove(guestId));
    }

    @Override
    public InputStream exportDisks(String guestId) {
        return ordeal.through(Command.EXPORT_DISKS, () -> new ByteArrayInputStream(moves.disksOf(find(guestId))));
    }

    @Override
    public void importDisks(GuestSpecification guest, DiskSource source, Progress progress) {
        progress.report("copying disks from " + source.host(), 10);
        ordeal.through(Command.IMPORT_DISKS, () -> {
            checkWord(guest.id());
            checkWord(guest.hypervisorName());
            FakeGuest copied = moves.read(guest, source).plugged(ports(guest));
            return change(guest.id(), before -> {
                if (before.filter(FakeGuest::live).isPresent()) {
                    throw HypervisorError.HYPERVISOR_REFUSED.with(host, "guest %s runs".formatted(guest.id()));
                }
                return copied;
            });
        });
        progress.report("disks copied", 100);
    }

    @Override
    public LiveMigrationTarget prepareLiveMigration(GuestSpecification guest, boolean copyDisks, Progress progress) {
        return ordeal.through(Command.PREPARE_LIVE_MIGRATION, () -> {
            checkWord(guest.id());
            checkWord(guest.hypervisorName());
            change(
                    guest.id(),
                    before -> before.filter(FakeGuest::live)
                            .orElseGet(() -> new FakeGuest(
                                    guest.id(), guest.hypervisorName(), true, PowerState.NO_STATE, 0, ports(guest))));
            return arrivals.map(awaiting -> awaiting.await(guest.id()))
                    .orElseGet(() -> new LiveMigrationTarget(host, "fake://" + host, "127.0.0.1"));
        });
    }

    @Override
    public void liveMigrate(
            GuestSpecification guest,
            LiveMigrationTarget target,
            LiveMigrationOptions how,
            LiveMigrationProgress.Listener listener) {
        moves.underWay(
                guest,
                how,
                listener,
                work -> ordeal.through(Command.LIVE_MIGRATE, work),
                () -> move(guest.id(), target));
    }

    private void move(String guestId, LiveMigrationTarget target) {
        if (arrivals.isPresent()) {
            arrivals.get().send(target, live(guestId), () -> leave(guestId));
        } else {
            FakeHypervisor there = moves.destination(target);
            if (live(guestId).isPresent()) {
                there.requireExpected(guestId);
            }
            leave(guestId).ifPresent(there::arrive);
        }
    }

    private void requireExpected(String guestId) {
        if (!hasPower()) {
            throw HypervisorError.HYPERVISOR_UNREACHABLE.with(host, "it has no power");
        }
        FakeGuest expected = find(guestId);
        if (expected.power() != PowerState.NO_STATE) {
            throw HypervisorError.HYPERVISOR_REFUSED.with(host, "guest %s is here already".formatted(guestId));
        }
    }

    private Optional<FakeGuest> live(String guestId) {
        synchronized (guests) {
            return Optional.ofNullable(guests.get(guestId)).filter(FakeGuest::live);
        }
    }

    /** Guests from hosts of other processes: a guest that is held has been started, and does not run. */
    private final class Arriving implements FakeArrivals.Destination {
        @Override
        public void hold(String guestId, int boots) {
            existing(guestId, prepared -> prepared.live() ? prepared : prepared.startedSoOften(boots));
        }

        @Override
        public void release(String guestId, PowerState power) {
            existing(
                    guestId,
                    held -> held.power() == PowerState.NO_STATE && held.boots() > 0 ? held.powered(power) : held);
        }
    }

    @Override
    public void abortLiveMigration(String guestId) {
        ordeal.through(Command.ABORT_LIVE_MIGRATION, () -> moves.abort(guestId));
    }

    @Override
    public void forceCompleteLiveMigration(String guestId) {
        ordeal.through(Command.FORCE_COMPLETE_LIVE_MIGRATION, () -> moves.forceComplete(guestId));
    }

    /** Takes a live guest off this host; what it leaves behind is off, as with QEMU. Empty when it is not here any more. */
    private Optional<FakeGuest> leave(String guestId) {
        synchronized (guests) {
            Optional<FakeGuest> live = live(guestId);
            live.ifPresent(guest -> change(guestId, before -> guest.powered(PowerState.SHUT_DOWN)));
            return live;
        }
    }

    private void arrive(FakeGuest guest) {
        change(
                guest.id(),
                before ->
                        before.map(prepared -> guest.plugged(prepared.ports())).orElse(guest));
    }

    @Override
    public void attachInterface(GuestSpecification guest, GuestInterface added) {
        ordeal.through(Command.ATTACH_INTERFACE, () -> existing(guest.id(), found -> found.plugged(ports(guest))));
    }

    @Override
    public void detachInterface(GuestSpecification guest, GuestInterface removed) {
        ordeal.through(Command.DETACH_INTERFACE, () -> existing(guest.id(), found -> found.plugged(ports(guest))));
    }

    @Override
    public byte[] console(String guestId, int maximumBytes) {
        return ordeal.through(
                Command.CONSOLE, () -> BootMessages.of(find(guestId), options.virtualCpus(), maximumBytes));
    }

    @Override
    public Optional<GraphicsEndpoint> graphics(String guestId) {
        return ordeal.through(
                Command.GRAPHICS,
                () -> find(guestId).live()
                        ? Optional.of(new GraphicsEndpoint(
                                "vnc", "127.0.0.1", 5900 + Math.floorMod(guestId.hashCode(), 50_000)))
                        : Optional.empty());
    }

    @Override
    public List<GuestReport> guests() {
        return ordeal.through(
                Command.GUESTS,
                () -> fakeGuests().stream()
                        .filter(guest -> guest.power() != PowerState.NO_STATE)
                        .map(guest -> new GuestReport(guest.id(), guest.name(), guest.ours(), guest.power()))
                        .toList());
    }

    @Override
    public Subscription subscribe(Consumer<GuestEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        ordeal.release();
        arrivals.ifPresent(FakeArrivals::close);
        journal.ifPresent(GuestJournal::close);
    }

    /** Every guest as it is now, without delay or misfortune: for tests to look at. */
    public List<FakeGuest> fakeGuests() {
        synchronized (guests) {
            return List.copyOf(guests.values());
        }
    }

    /** Lets a guest change its state by itself, as when it crashes or its user shuts it down; listeners are told. */
    public void happens(String guestId, PowerState power) {
        existing(guestId, found -> power == PowerState.RUNNING ? found.booted() : found.powered(power));
    }

    /** Takes the host its power: its guests are off, what is under way fails, and all else until it has power again. */
    public void losePower() {
        ordeal.power(false);
        fakeGuests().stream().filter(FakeGuest::live).forEach(guest -> happens(guest.id(), PowerState.SHUT_DOWN));
    }

    /** Gives the host its power back. */
    public void regainPower() {
        ordeal.power(true);
    }

    /** Whether the host has power, as it does from the beginning. */
    public boolean hasPower() {
        return ordeal.hasPower();
    }

    /** How often it has lost its power. */
    public int outages() {
        return ordeal.outages();
    }

    /** Puts a running guest on the host that this program did not make. */
    public void foreign(String guestId, String name) {
        checkWord(guestId);
        checkWord(name);
        change(guestId, before -> new FakeGuest(guestId, name, false, PowerState.RUNNING, 1, List.of()));
    }

    /** Ends every {@link Misfortune.Hang} that is under way: the commands fail as unreachable. */
    public void releaseHanging() {
        ordeal.release();
    }

    private HostInventory currentInventory() {
        return new HostInventory(
                "fake",
                1_000_000,
                host,
                "127.0.0.1",
                options.virtualCpus(),
                options.memoryMebibytes(),
                options.diskGibibytes(),
                "{\"arch\":\"x86_64\",\"model\":\"fake\",\"vendor\":\"fake\",\"features\":[],\"topology\":{\"cells\":1,\"sockets\":1,\"cores\":%d,\"threads\":1}}"
                        .formatted(options.virtualCpus()),
                Set.of(
                        "COMPUTE_NODE",
                        "HW_CPU_X86_SSE2",
                        "HW_CPU_X86_AVX2",
                        "COMPUTE_IMAGE_TYPE_QCOW2",
                        "COMPUTE_IMAGE_TYPE_RAW"));
    }

    private FakeGuest from(FakeGuest guest, Set<PowerState> sources, PowerState destination) {
        if (guest.power() == destination) {
            return guest;
        }
        if (!sources.contains(guest.power())) {
            throw HypervisorError.HYPERVISOR_REFUSED.with(host, "guest %s is %s".formatted(guest.id(), guest.power()));
        }
        return guest.powered(destination);
    }

    private FakeGuest find(String guestId) {
        synchronized (guests) {
            FakeGuest found = guests.get(guestId);
            if (found == null) {
                throw HypervisorError.GUEST_NOT_FOUND.with(guestId, host);
            }
            return found;
        }
    }

    private boolean existing(String guestId, UnaryOperator<FakeGuest> next) {
        return change(guestId, before -> {
            if (before.isEmpty()) {
                throw HypervisorError.GUEST_NOT_FOUND.with(guestId, host);
            }
            return next.apply(before.get());
        });
    }

    private boolean change(String guestId, Function<Optional<FakeGuest>, FakeGuest> next) {
        boolean powerChanged;
        FakeGuest after;
        synchronized (guests) {
            Optional<FakeGuest> before = Optional.ofNullable(guests.get(guestId));
            after = next.apply(before);
            if (before.isPresent() && before.get().equals(after)) {
                return false;
            }
            journal.ifPresent(lines -> lines.put(after));
            guests.put(guestId, after);
            record.changed(host, after);
            powerChanged = before.isEmpty() || before.get().power() != after.power();
        }
        if (powerChanged) {
            tell(new GuestEvent(guestId, after.power()));
        }
        return true;
    }

    private boolean remove(String guestId) {
        arrivals.ifPresent(awaiting -> awaiting.forget(guestId));
        synchronized (guests) {
            if (!guests.containsKey(guestId)) {
                return false;
            }
            journal.ifPresent(lines -> lines.remove(guestId));
            guests.remove(guestId);
            record.gone(host, guestId);
        }
        tell(new GuestEvent(guestId, PowerState.NO_STATE));
        return true;
    }

    private void tell(GuestEvent event) {
        listeners.forEach(listener -> listener.accept(event));
    }

    private void checkWord(String word) {
        if (!word.matches(WORD)) {
            throw HypervisorError.HYPERVISOR_REFUSED.with(host, "not a name: " + word.length() + " characters");
        }
    }

    private static int bootsOf(Optional<FakeGuest> guest) {
        return guest.map(FakeGuest::boots).orElse(0);
    }

    private List<String> ports(GuestSpecification guest) {
        List<String> ports =
                guest.interfaces().stream().map(GuestInterface::portId).toList();
        ports.forEach(this::checkWord);
        return ports;
    }
}
