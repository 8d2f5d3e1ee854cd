package io.kilonova.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The program as it was before the last commit that changed it, compiled by javac alone against the libraries of this build:
 * that takes ten seconds, where Maven would take two minutes.
 */
final class PreviousProgram {
    private static final String SOURCES = "/src/main/";

    private PreviousProgram() {}

    /** Builds it in an empty folder. The repository has to have its history: a shallow clone fails, and says so. */
    static Program build(Path folder) throws IOException {
        String commit = commit();
        Path tree = Files.createDirectories(folder.resolve("tree"));
        Shell.run(List.of(
                "bash",
                "-c",
                "git -C \"$(git rev-parse --show-toplevel)\" archive %s | tar -x -C '%s'".formatted(commit, tree)));
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Path arguments = Files.write(folder.resolve("arguments"), javaFiles(tree));
        Shell.run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "javac").toString(),
                "-proc:none",
                "-nowarn",
                "-d",
                classes.toString(),
                "-cp",
                libraries(),
                "@" + arguments));
        return Program.ofClassPath(Stream.of(Stream.of(classes.toString()), resources(tree), Stream.of(libraries()))
                .flatMap(part -> part)
                .collect(Collectors.joining(File.pathSeparator)));
    }

    /** {@code -Dupgrade.from=COMMIT} chooses another, for a release before. */
    private static String commit() {
        String chosen = System.getProperty("upgrade.from", "");
        return chosen.isEmpty() ? commitBefore() : chosen;
    }

    private static String commitBefore() {
        List<String> commits = Shell.run(List.of(
                        "git", "log", "-2", "--format=%H", "--", ":(top,glob)**/src/main/**", ":(top,exclude)tests"))
                .lines()
                .toList();
        assertThat(commits)
                .as("the last two commits that changed the program: the whole history is needed, git fetch --unshallow")
                .hasSize(2);
        return commits.getLast();
    }

    private static List<String> javaFiles(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.map(Path::toString)
                    .filter(file -> file.contains(SOURCES) && file.endsWith(".java"))
                    .filter(file -> !file.startsWith(tree.resolve("tests").toString()))
                    .toList();
        }
    }

    private static Stream<String> resources(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(file -> file.endsWith("src/main/resources")).map(Path::toString).toList().stream();
        }
    }

    /** What others wrote: all but the rooms, whose classes are elsewhere. */
    private static String libraries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("kilonova-"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
