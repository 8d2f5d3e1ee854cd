package io.kilonova.identity;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A folder of Fernet keys, laid out as Keystone's: files named by number, the highest seals (primary), 0 becomes the next
 * primary (staged), the rest only open (secondary). A key is staged before it seals, so that controllers that share the
 * folder know it in time. Files are readable by their owner alone, and another process's rotation is seen within a second.
 */
final class KeyRepository {
    private static final int STAGED = 0;
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");

    private final Path folder;
    private final int maximumKeys;
    private final AtomicLong lookedNanos = new AtomicLong(System.nanoTime());
    private volatile Keys keys;

    /**
     * The keys as read.
     *
     * @param byNumber the staged key has 0
     * @param changed when the folder last changed
     */
    private record Keys(NavigableMap<Integer, Fernet.Key> byNumber, FileTime changed) {
        Fernet.Key primary() {
            return byNumber.lastEntry().getValue();
        }

        /** Newest first: most tokens are young. */
        List<Fernet.Key> all() {
            return List.copyOf(byNumber.descendingMap().values());
        }
    }

    private KeyRepository(Path folder, int maximumKeys) throws IOException {
        this.folder = folder;
        this.maximumKeys = maximumKeys;
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, OWNER_FOLDER);
        if (numbers().isEmpty()) {
            locked(() -> {
                if (numbers().isEmpty()) {
                    write(STAGED);
                    write(1);
                }
            });
        }
        this.keys = read();
    }

    /**
     * Opens a folder of keys and makes the first two when it has none.
     *
     * @throws io.kilonova.errors.ServiceException {@link IdentityError#KEYS_UNREADABLE}
     */
    static KeyRepository open(Path folder, int maximumKeys) {
        try {
            return new KeyRepository(folder, maximumKeys);
        } catch (IOException exception) {
            throw IdentityError.KEYS_UNREADABLE.because(exception, folder, exception.getMessage());
        }
    }

    /** Encrypts and signs with the primary key. */
    String seal(Instant now, byte[] plain) {
        return Fernet.seal(current().primary(), now, plain);
    }

    /** The keys that open, the likeliest first. */
    List<Fernet.Key> opening() {
        return current().all();
    }

    /**
     * Makes the staged key primary, stages a new one, and forgets the oldest beyond the most that may be.
     *
     * @throws io.kilonova.errors.ServiceException {@link IdentityError#KEYS_UNREADABLE}
     */
    void rotate() {
        try {
            locked(() -> {
                List<Integer> numbers = numbers();
                if (!numbers.contains(STAGED)) {
                    write(STAGED);
                }
                Files.move(file(STAGED), file(numbers.getLast() + 1), StandardCopyOption.ATOMIC_MOVE);
                Files.setLastModifiedTime(file(numbers.getLast() + 1), FileTime.from(Instant.now()));
                write(STAGED);
                List<Integer> after = new ArrayList<>(numbers());
                while (after.size() > maximumKeys) {
                    // The first is the staged one; the second the oldest.
                    Files.delete(file(after.remove(/* index */ 1)));
                }
            });
            keys = read();
        } catch (IOException exception) {
            throw IdentityError.KEYS_UNREADABLE.because(exception, folder, exception.getMessage());
        }
    }

    /** Whether the primary key has sealed for longer than {@code age}. */
    boolean primaryIsOlderThan(Duration age, Instant now) {
        try {
            FileTime since = Files.getLastModifiedTime(file(current().byNumber().lastKey()));
            return since.toInstant().plus(age).isBefore(now);
        } catch (IOException exception) {
            throw IdentityError.KEYS_UNREADABLE.because(exception, folder, exception.getMessage());
        }
    }

    private Keys current() {
        long looked = lookedNanos.get();
        long now = System.nanoTime();
        if (now - looked > LOOK_INTERVAL.toNanos() && lookedNanos.compareAndSet(looked, now)) {
            try {
                if (!Files.getLastModifiedTime(folder).equals(keys.changed())) {
                    keys = read();
                }
            } catch (IOException exception) {
                throw IdentityError.KEYS_UNREADABLE.because(exception, folder, exception.getMessage());
            }
        }
        return keys;
    }

    private Keys read() throws IOException {
        FileTime changed = Files.getLastModifiedTime(folder);
        NavigableMap<Integer, Fernet.Key> byNumber = new TreeMap<>();
        for (int number : numbers()) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file(number));
            if (!OWNER_ONLY.containsAll(permissions)) {
                throw new IOException("%s may be read by others; run chmod 600 on it".formatted(file(number)));
            }
            String text = Files.readString(file(number), StandardCharsets.US_ASCII);
            byNumber.put(
                    number,
                    Fernet.Key.parse(text)
                            .orElseThrow(() -> new IOException("%s holds no key".formatted(file(number)))));
        }
        if (byNumber.isEmpty()) {
            throw new IOException("the folder has no key");
        }
        return new Keys(byNumber, changed);
    }

    private Path file(int number) {
        return folder.resolve(String.valueOf(number));
    }

    private List<Integer> numbers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("0|[1-9][0-9]{0,8}"))
                    .map(Integer::valueOf)
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }

    /** A file with half a key is never seen: it is written beside and moved. */
    private void write(int number) throws IOException {
        Path beside = folder.resolve("." + number + ".new");
        Files.deleteIfExists(beside);
        Files.createFile(beside, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
            channel.write(StandardCharsets.US_ASCII.encode(Fernet.Key.random().encoded()));
            channel.force(true);
        }
        Files.move(beside, file(number), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Work on the files that no other thread or process does at the same time. */
    private synchronized void locked(FileWork work) throws IOException {
        Path lock = folder.resolve(".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            if (!held.isValid()) {
                throw new IOException("the folder cannot be locked");
            }
            work.run();
        }
    }

    /** What is done with files. */
    private interface FileWork {
        void run() throws IOException;
    }
}
