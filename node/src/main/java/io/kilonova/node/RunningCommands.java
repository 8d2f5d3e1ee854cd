package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import io.kilonova.node.NodeCommand.Effect;
import io.kilonova.node.NodeCommand.Teller;
import io.kilonova.node.Wire.Line;
import io.kilonova.node.Wire.Refusal;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.LiveMigrationProgress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands that change guests, under way on one node: one at a time a guest, in the order in which they came. A command
 * whose number is under way is joined, one that was done answers from the journal. What ends a guest has all else that is done
 * to it given up. Whoever asked may go away: the command goes on, and is joined again.
 */
final class RunningCommands {
    /** So many that the hypervisor of one host would not be faster with more; others are refused and come again. */
    static final int MAXIMUM = 256;

    private static final Logger LOG = LoggerFactory.getLogger(RunningCommands.class);

    private final String host;
    private final CommandMemory journal;
    private final PeerThreads threads;
    private final Map<String, Running> byNumber = new HashMap<>();
    private final Map<String, Running> lastByGuest = new HashMap<>();

    RunningCommands(String host, CommandMemory journal, PeerThreads threads) {
        this.host = host;
        this.journal = journal;
        this.threads = threads;
    }

    /** What a command does, telling how far it is; its result is answered. */
    @FunctionalInterface
    interface Work {
        Object carryOut(Teller teller);
    }

    /**
     * Begins a command, or joins it.
     *
     * @throws ServiceException {@link NodeError#STALE_COMMAND}, {@link NodeError#NODE_BUSY}
     */
    Running begin(CommandOrder order, Effect effect, String guest, Work work) {
        journal.pass(order);
        synchronized (this) {
            Optional<Running> known = Optional.ofNullable(byNumber.get(order.number()))
                    .or(() -> journal.answer(order.number()).map(answer -> Running.done(order, Line.of(answer))));
            if (known.isPresent()) {
                return known.get();
            }
            if (byNumber.size() >= MAXIMUM) {
                throw NodeError.NODE_BUSY.with(host, MAXIMUM);
            }
            if (effect == Effect.ENDS) {
                byNumber.values().stream()
                        .filter(other -> other.guest.equals(guest))
                        .forEach(Running::interrupt);
            }
            Running running = new Running(order, guest, lastByGuest.get(guest));
            byNumber.put(order.number(), running);
            lastByGuest.put(guest, running);
            CompletableFuture<Void> unused = running.settled.thenRun(() -> forget(running));
            running.thread = threads.start("command-" + order.number(), () -> run(running, work));
            return running;
        }
    }

    /** Interrupts the command of this number, and waits until it has ended. */
    void abandon(String number) {
        Optional<Running> found;
        synchronized (this) {
            found = Optional.ofNullable(byNumber.get(number));
        }
        if (found.isPresent()) {
            found.get().interrupt();
            try {
                threads.await(found.get().end);
            } catch (InterruptedException impatient) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The edge of the command's thread. */
    private void run(Running running, Work work) {
        Line end;
        try {
            CompletableFuture<Void> before = running.before;
            if (before != null) {
                threads.await(before);
            }
            journal.pass(running.order); // a later owner may have come while this waited
            Object answer = work.carryOut(running);
            running.uninterrupted();
            Line line = Line.of(Wire.tree(answer));
            journal.done(running.order, line.answer().orElseThrow());
            end = line;
        } catch (ServiceException failure) {
            end = Line.of(Refusal.of(failure));
        } catch (InterruptedException abandoned) {
            end = Line.of(Refusal.of(NodeError.COMMAND_ABANDONED.with(running.order.number())));
        } catch (RuntimeException | Error unexpected) {
            LOG.error("command={} failed", running.order.number(), unexpected);
            end = Line.of(Refusal.of(HypervisorError.HYPERVISOR_REFUSED.with(host, "an internal error")));
        }
        running.uninterrupted();
        synchronized (this) {
            byNumber.remove(running.order.number());
        }
        running.end.complete(end);
    }

    /** Only now: one that was given up while it waited has ended before the one that it waited for. */
    private synchronized void forget(Running settled) {
        lastByGuest.remove(settled.guest, settled);
    }

    /** One command under way, and what it has told. */
    static final class Running implements Teller {
        private final CommandOrder order;
        private final String guest;
        private final @Nullable CompletableFuture<Void> before;
        private final CompletableFuture<Line> end = new CompletableFuture<>();

        /** When it has ended and all that came before it to its guest. */
        private final CompletableFuture<Void> settled;

        private volatile @Nullable Thread thread;
        private volatile @Nullable Line news;
        private boolean past;

        private Running(CommandOrder order, String guest, @Nullable Running predecessor) {
            this.order = order;
            this.guest = guest;
            this.before = predecessor == null ? null : predecessor.settled;
            this.settled = before == null ? CompletableFuture.allOf(end) : CompletableFuture.allOf(before, end);
        }

        static Running done(CommandOrder order, Line end) {
            Running running = new Running(order, "", null);
            running.end.complete(end);
            return running;
        }

        /** Its last line, when it has come to its end. */
        CompletableFuture<Line> end() {
            return end;
        }

        /** What it told last. */
        Optional<Line> news() {
            return Optional.ofNullable(news);
        }

        @Override
        public void report(String sentence, int percent) {
            news = Line.of(new Wire.Told(sentence, percent));
        }

        @Override
        public void moved(LiveMigrationProgress progress) {
            news = Line.of(progress);
        }

        private synchronized void interrupt() {
            Thread running = thread;
            if (!past && running != null) {
                running.interrupt();
            }
        }

        /** From here on nobody interrupts it: it writes down what it has done. */
        private synchronized void uninterrupted() {
            past = true;
            boolean unused = Thread.interrupted();
        }
    }
}
