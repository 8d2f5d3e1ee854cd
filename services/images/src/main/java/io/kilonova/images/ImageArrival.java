package io.kilonova.images;

import io.kilonova.errors.ServiceException;
import io.kilonova.http.HttpError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes that arrive, in a file that is locked as long as this is open. Closing it before {@link #belongs} leaves nothing.
 * Costs about 4 ms of CPU a MiB, nearly all of it for the two digests.
 */
final class ImageArrival implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ImageArrival.class);
    private static final int BUFFER_BYTES = 256 * 1024;

    private final String name;
    private final FileChannel channel;
    private final Runnable closed;
    private final MessageDigest md5 = digest("MD5");
    private final MessageDigest sha512 = digest("SHA-512");
    private long length;
    private Path path;
    private boolean owned;

    ImageArrival(String name, Path path, FileChannel channel, Runnable closed) {
        this.name = name;
        this.path = path;
        this.channel = channel;
        this.closed = closed;
    }

    /** What the file is called when it is whole. */
    String name() {
        return name;
    }

    /** How many bytes have arrived. */
    long length() {
        return length;
    }

    /** The bytes, to be looked at through the channel that holds the lock: closing another one would give the lock up. */
    DiskBytes bytes() {
        return DiskBytes.of(channel, length);
    }

    /** Takes all of {@code stream}; what is longer than {@code limit} fails with {@code tooLong}. */
    void receive(InputStream stream, long limit, Supplier<ServiceException> tooLong) {
        byte[] buffer = new byte[BUFFER_BYTES];
        int count = next(stream, buffer);
        while (count > 0) {
            if (count > limit - length) {
                throw tooLong.get();
            }
            write(ByteBuffer.wrap(buffer, 0, count));
            md5.update(buffer, 0, count);
            sha512.update(buffer, 0, count);
            length += count;
            count = next(stream, buffer);
        }
    }

    private static int next(InputStream stream, byte[] buffer) {
        try {
            return stream.readNBytes(buffer, 0, buffer.length);
        } catch (IOException exception) {
            if (exception.getCause() instanceof TimeoutException) {
                throw HttpError.BODY_TOO_SLOW.because(exception);
            }
            throw ImageError.UPLOAD_INTERRUPTED.because(exception);
        }
    }

    private void write(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException exception) {
            throw failure(exception);
        }
    }

    /** Makes the bytes durable and gives the file its name in {@code folder}; says what they are. */
    ImageData keep(Path folder, long virtualSizeBytes) {
        try {
            channel.force(true);
            path = Files.move(path, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(folder)) {
                directory.force(true);
            }
        } catch (IOException exception) {
            throw failure(exception);
        }
        HexFormat hexadecimal = HexFormat.of();
        return new ImageData(
                length, virtualSizeBytes, hexadecimal.formatHex(md5.digest()), hexadecimal.formatHex(sha512.digest()));
    }

    /** Says whether a row names the file, or may do so, and it stays. */
    void belongs(boolean toRow) {
        owned = toRow;
    }

    @Override
    public void close() {
        try (channel) {
            if (!owned) {
                Files.deleteIfExists(path);
            }
        } catch (IOException exception) {
            LOGGER.warn("{} could not be given up and is swept away at the next start", path, exception);
        } finally {
            closed.run();
        }
    }

    /** What a disk's failure means to a caller. */
    static ServiceException failure(IOException exception) {
        String words = String.valueOf(exception.getMessage()).toLowerCase(Locale.ROOT);
        return words.contains("no space left") || words.contains("quota exceeded")
                ? ImageError.STORE_FULL.because(exception)
                : ImageError.STORE_FAILED.because(exception);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException exception) {
            throw new IllegalStateException(exception);
        }
    }
}
