package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/**
 * What this node has done, by the numbers of commands: a line is on disk before its answer leaves. It remembers the last
 * {@value #REMEMBERED} commands, far more than can be under way, and the last fences of as many guests; the file is
 * written anew when it holds twice that, and when a full disk cut a line. A line that a crash cut is no line.
 *
 * <p>Costs one fsync a command that changed a guest, about 0.3 ms; commands that end at the same time share one.
 */
final class CommandJournal implements CommandMemory, AutoCloseable {
    static final int REMEMBERED = 10_000;

    private static final int REWRITE_BEYOND_LINES = 4 * REMEMBERED;

    private final JournalFile file;
    private final PeerThreads threads;
    private final Map<String, JsonNode> answers = bounded();
    private final Map<String, Long> fences = bounded();
    private CompletableFuture<Boolean> flushing = CompletableFuture.completedFuture(true);
    private boolean torn;
    private int lines;
    private long written;
    private long flushed;

    /** One line: a command that was done with what it answered, or a fence that was met. */
    private record Entry(Optional<String> number, Optional<JsonNode> answer, Optional<String> subject, long fence) {
        static Entry done(String number, JsonNode answer) {
            return new Entry(Optional.of(number), Optional.of(answer), Optional.empty(), 0);
        }

        static Entry met(String subject, long fence) {
            return new Entry(Optional.empty(), Optional.empty(), Optional.of(subject), fence);
        }
    }

    private CommandJournal(JournalFile file, PeerThreads threads) throws IOException {
        this.file = file;
        this.threads = threads;
        byte[] there = file.read();
        int end = there.length;
        while (end > 0 && there[end - 1] != '\n') {
            end--;
        }
        new String(there, 0, end, StandardCharsets.UTF_8).lines().forEach(this::replay);
        rewrite();
    }

    /**
     * The journal in a file, which is made when it is not there.
     *
     * @throws io.kilonova.errors.ServiceException {@link NodeError#JOURNAL_UNUSABLE}
     */
    static CommandJournal open(Path file) {
        return open(new JournalOnDisk(file), PeerThreads.virtual());
    }

    /** The same, with a disk and threads of its own. */
    static CommandJournal open(JournalFile file, PeerThreads threads) {
        try {
            return new CommandJournal(file, threads);
        } catch (IOException | ServiceException exception) {
            throw NodeError.JOURNAL_UNUSABLE.because(exception, file, exception.getMessage());
        }
    }

    @Override
    public synchronized Optional<JsonNode> answer(String number) {
        return Optional.ofNullable(answers.get(number));
    }

    /**
     * A fence is written and not flushed: what a machine forgets that falls, it forgets with all connections that an older
     * command could still come from.
     */
    @Override
    public synchronized void pass(CommandOrder order) {
        long highest = fences.getOrDefault(order.subject(), 0L);
        if (order.fence() < highest) {
            throw NodeError.STALE_COMMAND.with(order.number(), order.fence(), highest);
        }
        if (order.fence() > highest) {
            fences.remove(order.subject()); // so that it counts as the youngest
            fences.put(order.subject(), order.fence());
            append(Entry.met(order.subject(), order.fence()));
        }
    }

    /** On disk when this returns; when it cannot be, it is not remembered either. */
    @Override
    public void done(CommandOrder order, JsonNode answer) {
        try {
            synchronized (this) {
                answers.put(order.number(), answer);
                append(Entry.done(order.number(), answer));
            }
            flush();
        } catch (ServiceException unwritten) {
            synchronized (this) {
                answers.remove(order.number());
            }
            throw unwritten;
        }
    }

    private void append(Entry entry) {
        try {
            if (!torn) {
                torn = true;
                file.append(line(entry));
                torn = false;
                lines++;
            }
            written++;
            if (torn || lines > REWRITE_BEYOND_LINES) {
                rewrite();
                torn = false;
                flushed = written;
            }
        } catch (IOException exception) {
            throw NodeError.JOURNAL_UNUSABLE.because(exception, file, exception.getMessage());
        }
    }

    /** Whoever comes while another one flushes finds its line flushed by the next, together with all others'. */
    private void flush() {
        long mine;
        synchronized (this) {
            mine = written;
        }
        long until;
        while (true) {
            CompletableFuture<Boolean> others;
            synchronized (this) {
                if (flushed >= mine) {
                    return;
                }
                others = flushing;
                if (others.isDone()) {
                    flushing = new CompletableFuture<>();
                    until = written;
                    break;
                }
            }
            await(others);
        }
        flush(mine, until);
    }

    private void flush(long mine, long until) {
        try {
            file.flush();
            synchronized (this) {
                flushed = Math.max(flushed, until);
            }
        } catch (IOException exception) {
            synchronized (this) {
                if (flushed < mine) { // else the file was written anew, and flushed, meanwhile
                    throw NodeError.JOURNAL_UNUSABLE.because(exception, file, exception.getMessage());
                }
            }
        } finally {
            synchronized (this) {
                flushing.complete(true);
            }
        }
    }

    private void await(CompletableFuture<Boolean> flushed) {
        try {
            threads.await(flushed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw NodeError.JOURNAL_UNUSABLE.because(interrupted, file, "interrupted");
        }
    }

    private void replay(String line) {
        Entry entry = Wire.read(line.getBytes(StandardCharsets.UTF_8), Entry.class);
        entry.number().ifPresent(number -> answers.put(number, entry.answer().orElseThrow()));
        entry.subject().ifPresent(subject -> fences.merge(subject, entry.fence(), Math::max));
    }

    private void rewrite() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        fences.forEach((subject, fence) -> text.writeBytes(line(Entry.met(subject, fence))));
        answers.forEach((number, answer) -> text.writeBytes(line(Entry.done(number, answer))));
        file.replace(text.toByteArray());
        lines = answers.size() + fences.size();
    }

    private static byte[] line(Entry entry) {
        byte[] json = Wire.write(entry);
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    private static <V> Map<String, V> bounded() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > REMEMBERED;
            }
        };
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
        } catch (IOException exception) {
            throw NodeError.JOURNAL_UNUSABLE.because(exception, file, exception.getMessage());
        }
    }
}
