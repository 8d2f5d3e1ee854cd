package io.kilonova.fake;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationOptions;
import io.kilonova.spi.LiveMigrationProgress;
import io.kilonova.spi.LiveMigrationTarget;
import io.kilonova.spi.PowerState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a fake host knows of guests that come and go: the form of their disks, and the live migrations under way. */
final class FakeMoves {
    private static final int DISKS_MAXIMUM_BYTES = 1024;

    private final String host;
    private final Function<String, Optional<FakeHypervisor>> peers;
    private final Map<String, Move> underWay = new ConcurrentHashMap<>();

    /** What was asked of a live migration since it began. */
    private enum Wish {
        NONE,
        /** To leave it to whoever asked for the same after it. */
        LEAVE,
        ABORT,
        COMPLETE
    }

    /** A live migration under way: who waits for it, and what was asked of it. */
    private static final class Move {
        private final Thread waiting = Thread.currentThread();
        private Wish wish = Wish.NONE;
        private boolean ended;

        synchronized void ask(Wish asked) {
            if (!ended) {
                wish = asked;
                waiting.interrupt();
            }
        }

        /** Ends the move; an interruption that a wish made does not outlive it. */
        synchronized Wish end() {
            ended = true;
            if (wish != Wish.NONE) {
                Thread.interrupted();
            }
            return wish;
        }
    }

    FakeMoves(String host, Function<String, Optional<FakeHypervisor>> peers) {
        this.host = host;
        this.peers = peers;
    }

    /** The disks of a guest: who it is, and how often it was started, so that a test sees whose disks they are. */
    byte[] disksOf(FakeGuest guest) {
        if (guest.live()) {
            throw HypervisorError.HYPERVISOR_REFUSED.with(host, "guest %s runs".formatted(guest.id()));
        }
        return "%s %d".formatted(guest.id(), guest.boots()).getBytes(StandardCharsets.UTF_8);
    }

    /** The guest that is made of the disks of {@code source}. */
    FakeGuest read(GuestSpecification guest, DiskSource source) {
        try (InputStream disks = source.open()) {
            String[] words = new String(disks.readNBytes(DISKS_MAXIMUM_BYTES), StandardCharsets.UTF_8).split(" ", -1);
            if (words.length != 2 || !words[0].equals(guest.id()) || !words[1].matches("[0-9]{1,9}")) {
                throw HypervisorError.HYPERVISOR_REFUSED.with(
                        host, "what %s sent are not the disks of guest %s".formatted(source.host(), guest.id()));
            }
            return new FakeGuest(
                    guest.id(),
                    guest.hypervisorName(),
                    true,
                    PowerState.SHUT_DOWN,
                    Integer.parseInt(words[1]),
                    List.of());
        } catch (IOException failure) {
            throw HypervisorError.HYPERVISOR_UNREACHABLE.because(failure, source.host(), "its disks cannot be read");
        }
    }

    FakeHypervisor destination(LiveMigrationTarget target) {
        return peers.apply(target.host())
                .orElseThrow(() -> HypervisorError.HYPERVISOR_UNREACHABLE.with(target.host(), "no such fake host"));
    }

    /**
     * Moves a guest, and tells how far it is: nothing at the beginning, everything at the end. A wish ends the time that it
     * takes, also when it hangs.
     *
     * @param ordeal what the command goes through before it moves the guest
     * @param move the move itself
     */
    void underWay(
            GuestSpecification guest,
            LiveMigrationOptions how,
            LiveMigrationProgress.Listener listener,
            Consumer<Ordeal.Work<Boolean>> ordeal,
            Runnable move) {
        long memory = (long) guest.memoryMebibytes() << 20;
        long disk = how.copyDisks() ? (long) guest.rootDiskGibibytes() << 30 : 0;
        Move mine = new Move();
        Optional.ofNullable(underWay.put(guest.id(), mine)).ifPresent(earlier -> earlier.ask(Wish.LEAVE));
        listener.moved(new LiveMigrationProgress(memory, 0, memory, disk, 0, disk));
        try {
            ordeal.accept(() -> {
                switch (mine.end()) { // from here on it cannot be given up
                    case ABORT -> throw HypervisorError.LIVE_MIGRATION_ABORTED.with(guest.id());
                    case LEAVE ->
                        throw HypervisorError.HYPERVISOR_UNREACHABLE.with(host, "the move was asked for again");
                    case NONE, COMPLETE -> move.run();
                }
                return true;
            });
        } catch (ServiceException failure) {
            switch (mine.end()) {
                case NONE, LEAVE -> throw failure;
                case ABORT -> throw HypervisorError.LIVE_MIGRATION_ABORTED.because(failure, guest.id());
                case COMPLETE -> move.run();
            }
        } finally {
            mine.end();
            underWay.remove(guest.id(), mine);
        }
        listener.moved(new LiveMigrationProgress(memory, memory, 0, disk, disk, 0));
    }

    boolean abort(String guestId) {
        return ask(guestId, Wish.ABORT);
    }

    boolean forceComplete(String guestId) {
        return ask(guestId, Wish.COMPLETE);
    }

    private boolean ask(String guestId, Wish wish) {
        Move move = underWay.get(guestId);
        if (move == null) {
            throw HypervisorError.NOT_MIGRATING.with(guestId, host);
        }
        move.ask(wish);
        return true;
    }
}
