package io.kilonova.node;

import io.kilonova.configuration.PrivateFile;
import io.kilonova.errors.ServiceException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;

/**
 * What this node has done, by the numbers of commands: a line is on disk before its answer leaves. It remembers the last
 * {@value #REMEMBERED} commands, far more than can be under way, and the last fences of as many guests; the file is
 * written anew when it holds twice that, and when a full disk cut a line. A line that a crash cut is no line.
 *
 * <p>Costs one fsync a command that changed a guest, about 0.3 ms; commands that end at the same time share one. Files are
 * written by streams, not by channels: those are closed by the interrupt that ends an abandoned command.
 */
final class CommandJournal implements CommandMemory, AutoCloseable {
    static final int REMEMBERED = 10_000;

    private static final int REWRITE_BEYOND_LINES = 4 * REMEMBERED;

    private final Path file;
    private final Map<String, JsonNode> answers = bounded();
    private final Map<String, Long> fences = bounded();
    private final ReentrantLock flushing = new ReentrantLock();
    private FileOutputStream stream;
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

    private CommandJournal(Path file) throws IOException {
        this.file = file;
        PrivateFile.makeFolder(file.resolveSibling("").toAbsolutePath());
        if (Files.exists(file)) {
            String text = Files.readString(file);
            text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(this::replay);
        }
        this.stream = rewrite();
    }

    /**
     * The journal in a file, which is made when it is not there.
     *
     * @throws io.kilonova.errors.ServiceException {@link NodeError#JOURNAL_UNUSABLE}
     */
    static CommandJournal open(Path file) {
        try {
            return new CommandJournal(file);
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
                stream.write(line(entry));
                torn = false;
                lines++;
            }
            written++;
            if (torn || lines > REWRITE_BEYOND_LINES) {
                stream.close();
                stream = rewrite();
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
        flushing.lock();
        try {
            FileOutputStream present;
            long until;
            synchronized (this) {
                if (flushed >= mine) {
                    return;
                }
                present = stream;
                until = written;
            }
            present.getFD().sync();
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
            flushing.unlock();
        }
    }

    private void replay(String line) {
        Entry entry = Wire.read(line.getBytes(StandardCharsets.UTF_8), Entry.class);
        entry.number().ifPresent(number -> answers.put(number, entry.answer().orElseThrow()));
        entry.subject().ifPresent(subject -> fences.merge(subject, entry.fence(), Math::max));
    }

    private FileOutputStream rewrite() throws IOException {
        StringBuilder text = new StringBuilder();
        fences.forEach((subject, fence) -> text.append(text(Entry.met(subject, fence))));
        answers.forEach((number, answer) -> text.append(text(Entry.done(number, answer))));
        PrivateFile.write(file, text.toString());
        lines = answers.size() + fences.size();
        return new FileOutputStream(file.toFile(), true);
    }

    private static String text(Entry entry) {
        return new String(line(entry), StandardCharsets.UTF_8);
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
            stream.close();
        } catch (IOException exception) {
            throw NodeError.JOURNAL_UNUSABLE.because(exception, file, exception.getMessage());
        }
    }
}
