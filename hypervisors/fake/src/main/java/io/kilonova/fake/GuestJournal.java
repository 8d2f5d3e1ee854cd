package io.kilonova.fake;

import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.PowerState;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The guests of one host, written so that they outlive the program: a text file to which each change appends one line
 * (about 100 bytes and 5 µs, no flush: what must survive is the process, not the machine). A torn last line is dropped.
 * It is written by a stream, not by a channel: that is closed by the interrupt that ends an abandoned command.
 *
 * <p>A line is {@code = id name ours power boots ports} for a guest as it is now, or {@code - id} for one that is gone.
 */
final class GuestJournal implements AutoCloseable {
    static final String SUFFIX = ".guests";
    private static final int REWRITE_BEYOND_LINES = 200;

    private final Path file;
    private final String host;
    private Optional<FileOutputStream> stream = Optional.empty();

    private GuestJournal(Path file, String host) {
        this.file = file;
        this.host = host;
    }

    static GuestJournal of(Path folder, String host) {
        return new GuestJournal(folder.resolve(host + SUFFIX), host);
    }

    /** Has the only journal of a folder be that of its host by the name that it has now. */
    static void takeOver(Path folder, String host) {
        Path own = folder.resolve(host + SUFFIX);
        if (!Files.isDirectory(folder) || Files.exists(own)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> journals =
                    files.filter(file -> file.toString().endsWith(SUFFIX)).toList();
            if (journals.size() == 1) {
                Files.move(journals.getFirst(), own);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("the journal in %s cannot be %s's".formatted(folder, host), failure);
        }
    }

    /** Reads the guests that the file holds; rewrites it when most of its lines are history. */
    synchronized Map<String, FakeGuest> load() {
        if (!Files.exists(file)) {
            return new LinkedHashMap<>();
        }
        try {
            String text = Files.readString(file);
            Map<String, FakeGuest> guests = replay(text);
            long lines = text.chars().filter(character -> character == '\n').count();
            if (!text.endsWith("\n") || lines > 2L * guests.size() + REWRITE_BEYOND_LINES) {
                rewrite(guests);
            }
            return guests;
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + file, failure);
        }
    }

    /** Looks without changing the file, which another process may be writing. */
    static Map<String, FakeGuest> peek(Path file) {
        try {
            return replay(Files.readString(file));
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read " + file, failure);
        }
    }

    synchronized void put(FakeGuest guest) {
        append(line(guest));
    }

    synchronized void remove(String guestId) {
        append("- " + guestId + "\n");
    }

    @Override
    public synchronized void close() {
        if (stream.isPresent()) {
            try {
                stream.get().close();
            } catch (IOException failure) {
                throw new UncheckedIOException("cannot close " + file, failure);
            }
            stream = Optional.empty();
        }
    }

    /** A host that cannot write is as good as none; what was asked is not done. */
    private void append(String line) {
        try {
            if (stream.isEmpty()) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                stream = Optional.of(new FileOutputStream(file.toFile(), true));
            }
            long before = Files.size(file);
            try {
                stream.get().write(line.getBytes(StandardCharsets.UTF_8));
            } catch (IOException full) {
                cut(before);
                throw full;
            }
        } catch (IOException failure) {
            throw HypervisorError.HYPERVISOR_UNREACHABLE.because(
                    failure, host, "it cannot write %s: %s".formatted(file, failure.getMessage()));
        }
    }

    /** What a full disk cut would spoil the line after it. */
    private void cut(long length) throws IOException {
        try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
            whole.setLength(length);
        }
    }

    private void rewrite(Map<String, FakeGuest> guests) throws IOException {
        StringBuilder text = new StringBuilder();
        guests.values().forEach(guest -> text.append(line(guest)));
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String line(FakeGuest guest) {
        return "= %s %s %s %s %d %s\n"
                .formatted(
                        guest.id(),
                        guest.name(),
                        guest.ours(),
                        guest.power(),
                        guest.boots(),
                        String.join(",", guest.ports()));
    }

    private static Map<String, FakeGuest> replay(String text) {
        Map<String, FakeGuest> guests = new LinkedHashMap<>();
        int end = text.lastIndexOf('\n');
        for (String line :
                end < 0 ? List.<String>of() : List.of(text.substring(0, end).split("\n", -1))) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("=") && words.length == 7) {
                List<String> ports = words[6].isEmpty() ? List.of() : List.of(words[6].split(","));
                guests.put(
                        words[1],
                        new FakeGuest(
                                words[1],
                                words[2],
                                Boolean.parseBoolean(words[3]),
                                PowerState.valueOf(words[4]),
                                Integer.parseInt(words[5]),
                                ports));
            } else if (words[0].equals("-") && words.length == 2) {
                guests.remove(words[1]);
            }
        }
        return guests;
    }
}
