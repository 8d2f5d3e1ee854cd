package io.kilonova.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes on a real file: one that is killed while it writes, and one whose disk fills up. */
class CrashTest {
    @TempDir
    Path folder;

    private static List<String> java(Path file, String program) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program,
                file.toString());
    }

    @Test
    void whatever_was_answered_is_there_after_the_process_was_killed_while_it_wrote() throws Exception {
        Path file = folder.resolve("killed.db");
        for (int round = 0; round < 3; round++) {
            Process process = new ProcessBuilder(java(file, EndlessWriter.class.getName()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            List<String> answered = new ArrayList<>();
            try (BufferedReader lines = process.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    // A line that the kill cut short, or one of a log, was no answer.
                    if (line.length() == 37 && line.endsWith(".")) {
                        answered.add(line);
                    }
                    if (answered.size() == 300) {
                        // Unlike the process itself its handle leaves the pipe open, with the answers still in it.
                        process.toHandle().destroyForcibly();
                    }
                }
            } finally {
                process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
            }
            assertThat(answered).hasSizeGreaterThanOrEqualTo(300);
            try (Database database = Database.open(DatabaseOptions.sqlite(file), Notes.MIGRATIONS)) {
                assertThat(new HashSet<>(Notes.ids(database))).containsAll(answered);
                String check = database.read(
                        sql -> sql.fetchSingle("PRAGMA integrity_check").get(0, String.class));
                assertThat(check).isEqualTo("ok");
            }
        }
    }

    @Test
    void a_disk_that_fills_up_loses_nothing_and_takes_changes_again_when_there_is_room() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("small"));
        String script = "mount -t tmpfs -o size=6m small '%s' && exec \"$@\"".formatted(mount);
        List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
        if (!"root".equals(System.getProperty("user.name"))) {
            command.add("--map-root-user");
        }
        command.addAll(List.of("sh", "-c", script, "sh"));
        command.addAll(java(mount.resolve("full.db"), FullDisk.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        assertThat(output).contains("full, nothing lost, and writing again");
    }

    /** Writes notes from many threads for ever and prints the id of each once it was answered. */
    static final class EndlessWriter {
        public static void main(String[] arguments) {
            endWithParent();
            Database database = Database.open(DatabaseOptions.sqlite(Path.of(arguments[0])), Notes.MIGRATIONS);
            for (int thread = 0; thread < 16; thread++) {
                Thread.ofPlatform().start(() -> {
                    while (true) {
                        String id = "%s.".formatted(java.util.UUID.randomUUID());
                        database.change(transaction -> Notes.insert(transaction, id));
                        System.out.println(id);
                    }
                });
            }
        }
    }

    /** Fills its disk, checks that only what was refused is missing, makes room and writes again. */
    static final class FullDisk {
        public static void main(String[] arguments) {
            endWithParent();
            try {
                fill(Path.of(arguments[0]));
            } catch (IOException | RuntimeException e) {
                e.printStackTrace();
                Runtime.getRuntime().halt(1);
            }
        }

        private static void fill(Path file) throws IOException {
            Path ballast = file.resolveSibling("ballast");
            List<String> kept = new ArrayList<>();
            Database database = Database.open(DatabaseOptions.sqlite(file), Notes.MIGRATIONS);
            Files.write(ballast, new byte[3 << 20]);
            int refused = 0;
            for (int i = 0; refused < 5; i++) {
                try {
                    kept.add(insert(database, i));
                } catch (io.kilonova.errors.ServiceException e) {
                    check(e.code() == StorageError.DATABASE_FULL, "told " + e.code() + " because of " + e.getCause());
                    refused++;
                }
                check(i < 10_000, "the disk did not fill up");
            }
            check(Notes.ids(database).equals(kept), "something was lost or made up");
            Files.delete(ballast);
            kept.add(insert(database, 99_999));
            check(Notes.ids(database).equals(kept), "something was lost or made up after there was room");
            database.close();
            try (Database again = Database.open(DatabaseOptions.sqlite(file), Notes.MIGRATIONS)) {
                check(Notes.ids(again).equals(kept), "something was lost or made up after reopening");
            }
            System.out.println("full, nothing lost, and writing again");
        }

        private static String insert(Database database, int number) {
            String id = "note %05d".formatted(number);
            return database.write(transaction -> {
                transaction
                        .sql()
                        .insertInto(Notes.NOTES, Notes.ID, Notes.WRITER, Notes.BODY)
                        .values(id, "somebody", "x".repeat(20_000))
                        .execute();
                return id;
            });
        }

        private static void check(boolean holds, String otherwise) {
            if (!holds) {
                throw new IllegalStateException(otherwise);
            }
        }
    }

    /** Ends this process when the one that started it is gone, whatever happened to that. */
    private static void endWithParent() {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (System.in.read() >= 0) {
                    continue;
                }
            } catch (IOException e) {
                System.err.println("nobody is left to write for: " + e.getMessage());
            }
            Runtime.getRuntime().halt(3);
        });
    }
}
