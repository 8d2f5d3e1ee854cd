package io.kilonova.reliability;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of its own in memory, so small that it can be filled. Needs root. */
record SmallDisk(Path folder) implements AutoCloseable {
    /** Puts a new disk of so many MiB in place of a folder that is made. */
    static SmallDisk at(Path folder, int mebibytes) throws IOException {
        Files.createDirectories(folder);
        Shell.run("mount -t tmpfs -o size=%dm,mode=755 kilonova-test %s".formatted(mebibytes, folder));
        return new SmallDisk(folder);
    }

    /** Leaves not a byte. */
    void fill() throws IOException {
        byte[] block = new byte[1 << 16];
        try (OutputStream ballast = Files.newOutputStream(ballast())) {
            while (true) {
                ballast.write(block);
            }
        } catch (IOException full) {
            if (!Files.exists(ballast())) {
                throw full;
            }
        }
    }

    /** Gives the room back. */
    void empty() throws IOException {
        Files.deleteIfExists(ballast());
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    /** Takes the disk away with all that is on it; whoever used it has to be gone. */
    @Override
    public void close() {
        Shell.run("umount -l " + folder);
    }
}
