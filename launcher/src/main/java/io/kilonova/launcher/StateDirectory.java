package io.kilonova.launcher;

import io.kilonova.configuration.PrivateFile;
import io.kilonova.configuration.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * The folder where one cloud keeps all that it has: its database, keys, images, guests' disks. Held by one process at a
 * time, or shared by the controllers of a cluster: the operating system's lock goes with the process, however it ends, and the
 * file of the lock names its holder.
 */
final class StateDirectory implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String ADMIN_PASSWORD = "admin-password";

    /** What Prometheus shows where the listener is not on loopback. */
    static final String METRICS_TOKEN = "metrics-token";

    /** What Neutron's metadata agent signs with, as its {@code metadata_proxy_shared_secret}. */
    static final String METADATA_PROXY_SECRET = "metadata-proxy-secret";

    private static final String LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /** 24 letters of 57 are 139 bits. */
    private static final int PASSWORD_LENGTH = 24;

    private final Path path;
    private final FileChannel channel;
    private final boolean shared;

    private StateDirectory(Path path, FileChannel channel, boolean shared) {
        this.path = path;
        this.channel = channel;
        this.shared = shared;
    }

    /** Makes the folder where it is not there, and takes hold of it; refused, naming the holder, while another has it. */
    static StateDirectory open(Path path) {
        return open(path, false);
    }

    /** The same for one of many processes: refused only while another has the folder alone, and keeps such a one out. */
    static StateDirectory share(Path path) {
        return open(path, true);
    }

    private static StateDirectory open(Path path, boolean shared) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            PrivateFile.makeFolder(absolute);
            return new StateDirectory(absolute, lock(absolute, shared), shared);
        } catch (IOException failure) {
            throw LauncherError.STATE_UNUSABLE.because(failure, absolute, failure);
        }
    }

    /** The process that holds the folder, as its lock says; empty text when nobody ever did. */
    static String holder(Path path) throws IOException {
        Path file = path.resolve(LOCK);
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    private static FileChannel lock(Path path, boolean shared) throws IOException {
        FileChannel channel = PrivateFile.open(path.resolve(LOCK));
        boolean held = false;
        try {
            held = isLocked(channel, shared);
            if (!held) {
                throw LauncherError.STATE_IN_USE.with(path, holder(path));
            }
            channel.truncate(0);
            String holder = shared
                    ? "controllers"
                    : String.valueOf(ProcessHandle.current().pid());
            channel.write(ByteBuffer.wrap((holder + "\n").getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } finally {
            if (!held) {
                channel.close();
            }
        }
    }

    private static boolean isLocked(FileChannel channel, boolean shared) throws IOException {
        try {
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
            return lock != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    /** The folder, absolute. */
    Path path() {
        return path;
    }

    /** The first administrator's password: made up once, kept in a file that its owner alone can read. */
    Secret adminPassword() {
        return secret(ADMIN_PASSWORD);
    }

    /** A secret of the cloud: made up once, kept in the file of this name that its owner alone can read. */
    Secret secret(String name) {
        Path file = path.resolve(name);
        try {
            if (!Files.exists(file)) {
                PrivateFile.write(file, randomPassword() + "\n");
            }
            return Secret.of(Files.readString(file).strip());
        } catch (IOException failure) {
            throw LauncherError.STATE_UNUSABLE.because(failure, path, failure);
        }
    }

    private static String randomPassword() {
        SecureRandom random = new SecureRandom();
        StringBuilder password = new StringBuilder();
        for (int count = 0; count < PASSWORD_LENGTH; count++) {
            password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return password.toString();
    }

    /** Lets go of the folder. */
    @Override
    public void close() {
        try {
            if (!shared) {
                channel.truncate(0);
            }
            channel.close();
        } catch (IOException failure) {
            throw LauncherError.STATE_UNUSABLE.because(failure, path, failure);
        }
    }
}
