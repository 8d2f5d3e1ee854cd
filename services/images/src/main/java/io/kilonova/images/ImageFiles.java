package io.kilonova.images;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that hold images' bytes. A file is named {@code IMAGE.UPLOAD} and belongs to the row that names it or to the
 * process that holds its lock; one that has neither is swept away. Bytes arrive in {@code IMAGE.UPLOAD.part}, which gets its
 * name when it is whole and on disk. A lock ends with its process, so that nobody waits for the dead.
 */
final class ImageFiles {
    private static final Logger LOGGER = LoggerFactory.getLogger(ImageFiles.class);
    private static final String PART = ".part";
    private static final Pattern NAME = Pattern.compile("([0-9a-fA-F-]{36})\\.([0-9a-f-]{36})(\\.part)?");

    private final Path folder;
    private final Set<String> arriving = ConcurrentHashMap.newKeySet();

    private ImageFiles(Path folder) {
        this.folder = folder;
    }

    /** Decides what becomes of a file that was found. */
    @FunctionalInterface
    interface Belonging {
        /** Whether a row names the file {@code name} of the image {@code imageId}. */
        boolean named(String imageId, String name);
    }

    /** The files of a folder, which is made when it is not there. */
    static ImageFiles in(Path folder) {
        try {
            return new ImageFiles(Files.createDirectories(folder));
        } catch (IOException exception) {
            throw ImageArrival.failure(exception);
        }
    }

    Path folder() {
        return folder;
    }

    /** What the file of an upload is called. */
    static String name(String imageId, String uploadId) {
        return imageId + "." + uploadId;
    }

    /** A new, locked file for the bytes of an upload. */
    ImageArrival arrive(String imageId, String uploadId) {
        String name = name(imageId, uploadId);
        Path part = folder.resolve(name + PART);
        arriving.add(name);
        try {
            FileChannel channel = FileChannel.open(
                    part,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            ImageArrival arrival = new ImageArrival(name, part, channel, () -> arriving.remove(name));
            lock(channel, arrival);
            return arrival;
        } catch (IOException exception) {
            arriving.remove(name);
            throw ImageArrival.failure(exception);
        }
    }

    private static void lock(FileChannel channel, ImageArrival arrival) throws IOException {
        try {
            channel.lock();
        } catch (IOException exception) {
            arrival.close();
            throw exception;
        }
    }

    /** A file for reading. It can be read to its end even when it is deleted meanwhile. */
    Optional<FileChannel> open(String name) {
        try {
            return Optional.of(FileChannel.open(folder.resolve(name)));
        } catch (NoSuchFileException exception) {
            return Optional.empty();
        } catch (IOException exception) {
            throw ImageArrival.failure(exception);
        }
    }

    /** Removes a file that no row names any more. A failure leaves it to the next sweep. */
    void delete(String name) {
        try {
            Files.deleteIfExists(folder.resolve(name));
        } catch (IOException exception) {
            LOGGER.warn("the file {} is swept away at the next start", name, exception);
        }
    }

    /** Whether nobody works on an upload any more: its process is gone, or never got as far as a file. */
    boolean isAbandoned(String imageId, String uploadId) {
        String name = name(imageId, uploadId);
        return !arriving.contains(name) && isUnlocked(folder.resolve(name)) && isUnlocked(folder.resolve(name + PART));
    }

    /** Removes files that neither a row names nor a process holds. Costs one look-up a file. */
    void sweep(Belonging belonging) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                sweep(file, belonging);
            }
        } catch (IOException exception) {
            throw ImageArrival.failure(exception);
        }
    }

    private void sweep(Path file, Belonging belonging) throws IOException {
        String found = file.getFileName().toString();
        Matcher matcher = NAME.matcher(found);
        if (!matcher.matches()) {
            return;
        }
        String whole = name(matcher.group(1), matcher.group(2));
        boolean named = matcher.group(3) == null && belonging.named(matcher.group(1), whole);
        if (!named && !arriving.contains(whole) && isUnlocked(file)) {
            // Its process may have finished between the two looks: the row is the last word.
            if (matcher.group(3) != null || !belonging.named(matcher.group(1), whole)) {
                Files.deleteIfExists(file);
                LOGGER.info("removed {}, which belongs to no image", found);
            }
        }
    }

    private static boolean isUnlocked(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (NoSuchFileException exception) {
            return true;
        } catch (IOException exception) {
            LOGGER.warn("cannot tell whether {} is in use", file, exception);
            return false;
        }
    }
}
