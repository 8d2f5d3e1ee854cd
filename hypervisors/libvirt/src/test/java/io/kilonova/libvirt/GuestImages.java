package io.kilonova.libvirt;

import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.ImageSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Images out of files, and how often each was read. */
final class GuestImages implements ImageSource {
    private final Map<String, Path> files = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> opened = new ConcurrentHashMap<>();

    /** The small guest, built once a build of the project by {@code tests/guest/build-guest-image}. */
    static Path built() throws IOException, InterruptedException {
        Path folder = Path.of("target/guest").toAbsolutePath();
        if (!Files.exists(folder.resolve("guest.qcow2"))) {
            Path script = Path.of("../../tests/guest/build-guest-image")
                    .toAbsolutePath()
                    .normalize();
            Process build = new ProcessBuilder(script.toString(), folder.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(build.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (build.waitFor() != 0) {
                throw new IllegalStateException("The guest image could not be built: " + output);
            }
        }
        return folder;
    }

    ImageReference add(String id, ImageFormat format, Path file, long virtualSizeBytes) throws IOException {
        files.put(id, file);
        return new ImageReference(id, format, Files.size(file), virtualSizeBytes, sha512(file));
    }

    int timesOpened(String id) {
        return opened.getOrDefault(id, new AtomicInteger()).get();
    }

    @Override
    public InputStream open(ImageReference image) {
        opened.computeIfAbsent(image.id(), id -> new AtomicInteger()).incrementAndGet();
        try {
            return Files.newInputStream(files.get(image.id()));
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    static String sha512(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
