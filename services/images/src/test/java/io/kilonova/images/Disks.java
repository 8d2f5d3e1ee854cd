package io.kilonova.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Disk images for tests: made by qemu-img and genisoimage, as users make theirs, or by hand, as attackers do. */
final class Disks {
    private Disks() {}

    /** What qemu-img makes; {@code arguments} stand between {@code create} and the file. */
    static byte[] created(Path folder, String... arguments) {
        Path file = folder.resolve("disk-" + System.nanoTime());
        List<String> command = new ArrayList<>(List.of("qemu-img", "create", "-q"));
        command.addAll(List.of(arguments));
        String size = command.removeLast();
        command.add(file.toString());
        command.add(size);
        return made(file, command);
    }

    /** What qemu-img makes of raw bytes. */
    static byte[] converted(Path folder, byte[] raw, String... options) {
        try {
            Path source = Files.write(folder.resolve("raw-" + System.nanoTime()), raw);
            Path file = folder.resolve("disk-" + System.nanoTime());
            List<String> command = new ArrayList<>(List.of("qemu-img", "convert", "-f", "raw"));
            command.addAll(List.of(options));
            command.add(source.toString());
            command.add(file.toString());
            return made(file, command);
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    /** A CD with one file. */
    static byte[] iso(Path folder) {
        try {
            Path content = Files.createDirectories(folder.resolve("cd"));
            Files.writeString(content.resolve("hello.txt"), "hello");
            Path file = folder.resolve("cd.iso");
            return made(file, List.of("genisoimage", "-quiet", "-o", file.toString(), content.toString()));
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    private static byte[] made(Path file, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(command + " failed: " + words);
            }
            return Files.readAllBytes(file);
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(exception);
        }
    }

    /** A qcow2 image of version 3, 10 MiB, that holds nothing, to be spoilt by tests. */
    static ByteBuffer qcow2() {
        ByteBuffer bytes = ByteBuffer.allocate(4 * 65_536).order(ByteOrder.BIG_ENDIAN);
        bytes.putInt(0, 0x514649fb).putInt(4, 3).putInt(20, 16).putLong(24, 10L << 20);
        bytes.putInt(36, 1).putLong(40, 3 * 65_536);
        bytes.putLong(48, 65_536).putInt(56, 1);
        bytes.putInt(96, 4).putInt(100, 104);
        return bytes;
    }

    /** A sparse VMDK image of one extent with this descriptor. */
    static ByteBuffer vmdk(String descriptor) {
        ByteBuffer bytes = ByteBuffer.allocate(128 * 512).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, 0x564d444b).putInt(4, 1).putInt(8, 3);
        bytes.putLong(12, 20_480)
                .putLong(20, 128)
                .putLong(28, 1)
                .putLong(36, 20)
                .putInt(44, 512);
        bytes.putLong(48, 21).putLong(56, 26).putLong(64, 128);
        bytes.put(512, descriptor.getBytes(StandardCharsets.ISO_8859_1));
        return bytes;
    }

    /** A harmless descriptor. */
    static String descriptor(String type, String extent) {
        return """
                # Disk DescriptorFile
                version=1
                CID=1234abcd
                parentCID=ffffffff
                createType="%s"

                # Extent description
                %s

                ddb.adapterType = "ide"
                """.formatted(type, extent);
    }
}
