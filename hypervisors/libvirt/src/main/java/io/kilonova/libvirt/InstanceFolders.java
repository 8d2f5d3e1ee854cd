package io.kilonova.libvirt;

import io.kilonova.spi.HypervisorError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where guests' files are: {@code <state>/instances/<uuid>/}, and {@code <state>/instances/_base/} for the images that
 * they share. A guest's folder is made under another name and renamed when whole, and renamed again before it is removed, so
 * that a folder that is there is whole. What a program that was killed left under the other name goes at the next start.
 */
final class InstanceFolders {
    static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final String BUILDING = ".building";
    private static final String ARRIVAL = "arriving";

    /** Unlike the folder, a guest that leaves for another machine never has it. */
    private static final String EXPECTED = "expected";

    private static final int SOCKET_PATH_MAXIMUM = 107;

    private final Path instances;
    private final Path base;

    InstanceFolders(Path root) {
        this.instances = root.toAbsolutePath().normalize();
        this.base = instances.resolve("_base");
        try {
            Files.createDirectories(base);
            // QEMU runs as a user of its own: it must come through, and has no need to look around.
            for (Path folder : List.of(instances, base)) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
            }
            for (Path folder : all()) {
                if (folder.toString().endsWith(BUILDING)) {
                    delete(folder);
                }
            }
        } catch (IOException refused) {
            throw new UncheckedIOException("the folder of the guests cannot be made: " + instances, refused);
        }
    }

    /** The images that guests share. */
    Path base() {
        return base;
    }

    /** All guests' folders, and what lies beside them. */
    Path instances() {
        return instances;
    }

    /** A guest's folder, whole or absent. */
    Path of(String guestId) {
        return instances.resolve(checked(guestId));
    }

    /** A new, empty folder to build a guest's files in; one that was left half made is thrown away. */
    Path building(String guestId) throws IOException {
        Path folder = instances.resolve(checked(guestId) + BUILDING);
        delete(folder);
        Files.createDirectory(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        return folder;
    }

    /** Where a guest arrives that another host sends: there while it is awaited. */
    Path arrival(String guestId) {
        return of(guestId).resolve(ARRIVAL);
    }

    /**
     * Makes that place in a folder that is being built.
     *
     * @param owner who alone may come in, beside root
     */
    void makeArrival(String guestId, Path building, Optional<DiskOwner> owner) throws IOException {
        if (arrival(guestId).resolve("memory").toString().length() > SOCKET_PATH_MAXIMUM) {
            throw HypervisorError.SPECIFICATION_INVALID.with(
                    guestId, "the path of its folder is too long for a socket");
        }
        Path arrival = Files.createDirectory(
                building.resolve(ARRIVAL),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (owner.isPresent()) {
            Files.setAttribute(arrival, "unix:uid", owner.get().user());
            Files.setAttribute(arrival, "unix:gid", owner.get().group());
        }
        Files.createFile(building.resolve(EXPECTED));
    }

    /** Whether a guest is awaited from another host. */
    boolean expected(String guestId) {
        return Files.exists(of(guestId).resolve(EXPECTED));
    }

    /** Ends the wait for a guest. */
    void arrived(String guestId) throws IOException {
        Files.deleteIfExists(of(guestId).resolve(EXPECTED));
        delete(arrival(guestId));
    }

    /** Removes all that a guest has here. */
    void remove(String guestId) {
        try {
            Path leaving = instances.resolve(checked(guestId) + BUILDING);
            delete(leaving);
            if (Files.exists(of(guestId), LinkOption.NOFOLLOW_LINKS)) {
                Files.move(of(guestId), leaving, StandardCopyOption.ATOMIC_MOVE);
                delete(leaving);
            }
        } catch (IOException refused) {
            throw new UncheckedIOException("the files of guest " + guestId + " cannot be removed", refused);
        }
    }

    /** The folders of all guests, those that are being built too. */
    List<Path> all() throws IOException {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(instances)) {
            for (Path entry : entries) {
                if (!entry.equals(base) && Files.isDirectory(entry)) {
                    folders.add(entry);
                }
            }
        }
        return folders;
    }

    /** Removes a folder with all that is in it; a symbolic link is removed and never followed. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path visited, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** An id that may be a folder's name: nothing but a UUID is. */
    private static String checked(String guestId) {
        if (!UUID.matcher(guestId).matches()) {
            throw HypervisorError.SPECIFICATION_INVALID.with("?", "its id is not a lower-case UUID");
        }
        return guestId;
    }
}
