package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.HypervisorError;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.ImageSource;
import io.kilonova.spi.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * The images of a host. Each is downloaded once however many guests ask at the same time, verified while it streams in,
 * inspected, converted when a guest cannot run from it, and only then given its name: a file with a name is whole.
 */
final class ImageCache {
    private static final Pattern SHA_512 = Pattern.compile("[0-9a-f]{128}");
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int NAME_DIGITS = 64;
    private static final long REPORT_EVERY_BYTES = 16L << 20;
    private static final String PART = ".part";

    private final String host;
    private final InstanceFolders folders;
    private final ImageSource source;
    private final DiskImageTool tool;
    private final Clock clock;
    private final Map<String, ReentrantLock> fetching = new ConcurrentHashMap<>();

    ImageCache(String host, InstanceFolders folders, ImageSource source, DiskImageTool tool, Clock clock) {
        this.host = host;
        this.folders = folders;
        this.source = source;
        this.tool = tool;
        this.clock = clock;
        removeParts();
    }

    /** Where an image is kept once it was fetched; asks nothing of the disk. */
    BaseImage locate(ImageReference image) {
        DiskFormat kept = DiskFormat.of(image.format()).kept();
        return new BaseImage(folders.base().resolve(name(image)), kept);
    }

    /**
     * The image, fetched unless it is there.
     *
     * @throws ServiceException {@link HypervisorError#IMAGE_UNUSABLE}, {@link HypervisorError#HOST_DISK_FULL}; no file is
     *     left behind
     */
    BaseImage fetch(ImageReference image, Progress progress) {
        BaseImage base = locate(image);
        ReentrantLock lock = fetching.computeIfAbsent(name(image), name -> new ReentrantLock());
        lock.lock();
        try {
            if (Files.exists(base.file())) {
                Files.setLastModifiedTime(base.file(), FileTime.from(clock.instant()));
                return base;
            }
            download(image, base, progress);
            return base;
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "keeping an image");
        } finally {
            lock.unlock();
        }
    }

    /** The size of the disk inside an image that was fetched. */
    long virtualSizeBytes(ImageReference image) {
        BaseImage base = locate(image);
        try {
            return ImageInspection.virtualSizeBytes(base.file(), base.format());
        } catch (ImageInspection.Refused damaged) {
            throw HypervisorError.IMAGE_UNUSABLE.because(damaged, image.id(), damaged.reason());
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "reading an image");
        }
    }

    /**
     * Removes images that no guest has used for a while.
     *
     * @param unusedFor how long an image may lie unused
     * @param used names of the images that guests here were made from
     * @return how many were removed
     */
    int clean(Duration unusedFor, Set<String> used) {
        Instant oldest = clock.instant().minus(unusedFor);
        int removed = 0;
        try (DirectoryStream<Path> images = Files.newDirectoryStream(folders.base())) {
            for (Path image : images) {
                String name = image.getFileName().toString();
                if (name.endsWith(PART)) {
                    continue;
                }
                ReentrantLock lock = fetching.computeIfAbsent(name, key -> new ReentrantLock());
                lock.lock();
                try {
                    if (used.contains(name)) {
                        Files.setLastModifiedTime(image, FileTime.from(clock.instant()));
                    } else if (Files.getLastModifiedTime(image).toInstant().isBefore(oldest)) {
                        Files.delete(image);
                        removed++;
                    }
                } finally {
                    lock.unlock();
                }
            }
            return removed;
        } catch (IOException failure) {
            throw HostDisk.failure(host, failure, "cleaning the image cache");
        }
    }

    private void download(ImageReference image, BaseImage base, Progress progress) throws IOException {
        if (image.sizeBytes() > Files.getFileStore(folders.base()).getUsableSpace()) {
            throw HypervisorError.HOST_DISK_FULL.with(host, "image %s has no room".formatted(image.id()));
        }
        Path part = Files.createTempFile(folders.base(), ".", PART);
        Path converted = part.resolveSibling(part.getFileName() + ".converted" + PART);
        try {
            String digest = stream(image, part, progress);
            if (!image.sha512().isEmpty() && !image.sha512().equalsIgnoreCase(digest)) {
                throw unusable(image, "what came is not what was recorded (SHA-512)");
            }
            DiskFormat recorded = DiskFormat.of(image.format());
            inspect(image, part, recorded);
            Path whole = part;
            if (recorded != base.format()) {
                progress.report("Converting the image", 90);
                tool.convert(part, recorded, converted, base.format());
                whole = converted;
            }
            Files.setPosixFilePermissions(whole, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
            Files.setLastModifiedTime(whole, FileTime.from(clock.instant()));
            Files.move(whole, base.file(), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
            Files.deleteIfExists(converted);
        }
    }

    private static void inspect(ImageReference image, Path part, DiskFormat recorded) throws IOException {
        try {
            long _ = ImageInspection.virtualSizeBytes(part, recorded);
        } catch (ImageInspection.Refused refused) {
            throw unusable(image, refused.reason());
        }
    }

    /** Copies the image into a file, and returns its digest. Failing to read is the image's fault, to write the host's. */
    private String stream(ImageReference image, Path part, Progress progress) throws IOException {
        MessageDigest digest = sha512();
        byte[] buffer = new byte[BUFFER_BYTES];
        long total = 0;
        long reported = 0;
        try (InputStream stream = source.open(image);
                FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            int count = read(image, stream, buffer);
            while (count >= 0) {
                total += count;
                if (image.sizeBytes() > 0 && total > image.sizeBytes()) {
                    throw unusable(image, "it is longer than recorded");
                }
                digest.update(buffer, 0, count);
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
                while (bytes.hasRemaining()) {
                    int _ = channel.write(bytes);
                }
                if (total - reported >= REPORT_EVERY_BYTES && image.sizeBytes() > 0) {
                    reported = total;
                    progress.report("Downloading the image", (int) (total * 90 / image.sizeBytes()));
                }
                count = read(image, stream, buffer);
            }
            if (image.sizeBytes() > 0 && total < image.sizeBytes()) {
                throw unusable(image, "it is shorter than recorded");
            }
            channel.force(true);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static int read(ImageReference image, InputStream stream, byte[] buffer) {
        try {
            return stream.read(buffer);
        } catch (IOException broken) {
            throw HypervisorError.IMAGE_UNUSABLE.because(broken, image.id(), "it could not be read to its end");
        }
    }

    /** The name tells the content and how it was recorded: the same bytes may be recorded as raw and as qcow2. */
    private static String name(ImageReference image) {
        String digest = image.sha512().toLowerCase(java.util.Locale.ROOT);
        if (digest.isEmpty()) {
            // An image from before the image service kept such digests is known by its id.
            digest = HexFormat.of().formatHex(sha512().digest(image.id().getBytes(StandardCharsets.UTF_8)));
        } else if (!SHA_512.matcher(digest).matches()) {
            throw unusable(image, "its recorded SHA-512 is not one");
        }
        return digest.substring(0, NAME_DIGITS) + "."
                + DiskFormat.of(image.format()).label();
    }

    private static ServiceException unusable(ImageReference image, String why) {
        return HypervisorError.IMAGE_UNUSABLE.with(image.id(), why);
    }

    private static MessageDigest sha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** What a process that was killed had not finished. There is one process a host. */
    private void removeParts() {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folders.base(), "*" + PART)) {
            for (Path part : parts) {
                Files.delete(part);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("the image cache cannot be read", failure);
        }
    }
}
