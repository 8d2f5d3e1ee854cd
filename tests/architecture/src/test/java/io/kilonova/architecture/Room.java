package io.kilonova.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Maven module with one flat package.
 *
 * @param path below the root, such as {@code platform/http}
 * @param position in the root pom's list, from 0; a room knows only rooms of smaller positions
 */
record Room(String path, int position) {
    /** The project's folder. */
    static final Path ROOT = root();

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    /** All rooms with classes of their own, in the order of the root pom. */
    static List<Room> all() throws IOException {
        List<Room> rooms = new ArrayList<>();
        Matcher matcher = MODULE.matcher(Files.readString(ROOT.resolve("pom.xml")));
        while (matcher.find()) {
            rooms.add(new Room(matcher.group(1), rooms.size()));
        }
        return rooms.stream()
                .filter(room -> Files.exists(room.folder().resolve("src/main/java")))
                .toList();
    }

    /** The room whose package a class stands in. */
    static Optional<Room> of(JavaClass type, Collection<Room> rooms) {
        return rooms.stream()
                .filter(room -> type.getPackageName().equals(room.packageName())
                        || type.getPackageName().startsWith(room.packageName() + "."))
                .findFirst();
    }

    String packageName() {
        return "io.kilonova." + path.substring(path.lastIndexOf('/') + 1);
    }

    Path folder() {
        return ROOT.resolve(path);
    }

    /** Its classes; a room that was not compiled is a failure, never passed over. */
    Collection<JavaClass> classes() {
        Path compiled = folder().resolve("target/classes");
        if (!Files.exists(compiled)) {
            throw new AssertionError("%s is not compiled: run the whole build, \"mvn verify\"".formatted(path));
        }
        return new ClassFileImporter().importPath(compiled);
    }

    /** Every Java source of the project. */
    static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !ROOT.relativize(file).toString().contains("target/"))
                    .toList();
        }
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("kilonova"))) {
            folder = Optional.ofNullable(folder.getParent())
                    .orElseThrow(
                            () -> new AssertionError("the project's folder was not found above the working folder"));
        }
        return folder;
    }
}
