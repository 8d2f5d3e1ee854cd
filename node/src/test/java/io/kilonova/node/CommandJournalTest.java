package io.kilonova.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CommandJournalTest {
    @TempDir
    private Path folder;

    @Test
    void what_was_done_and_which_fence_was_met_is_known_after_a_crash_that_cut_a_line() throws IOException {
        Path file = folder.resolve("journal");
        try (CommandJournal journal = CommandJournal.open(file)) {
            journal.pass(new CommandOrder("one", "guest", 5));
            journal.done(new CommandOrder("one", "guest", 5), Wire.tree(new Wire.Told("done", 100)));
        }
        Files.writeString(file, "{\"number\":\"two\",\"ans", StandardOpenOption.APPEND);

        try (CommandJournal journal = CommandJournal.open(file)) {
            assertThat(journal.answer("one")).contains(Wire.tree(new Wire.Told("done", 100)));
            assertThat(journal.answer("two")).isEmpty();
            assertThatThrownBy(() -> journal.pass(new CommandOrder("late", "guest", 4)))
                    .hasMessage("The command late was sent under fence 4; fence 5 has been here since.");
            journal.pass(new CommandOrder("other", "another guest", 1));
        }
    }

    @Test
    void what_a_full_disk_cut_is_not_remembered_and_harms_nothing_that_is_written_afterwards() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=128k", "kilonova-test", disk.toString());
        try {
            Path file = disk.resolve("journal");
            JsonNode answer = Wire.tree(new Wire.Told("done", 100));
            try (CommandJournal journal = CommandJournal.open(file)) {
                journal.done(new CommandOrder("before", "guest", 1), answer);
                Path ballast = disk.resolve("ballast");
                assertThatThrownBy(() -> Files.write(ballast, new byte[1 << 20]))
                        .isInstanceOf(IOException.class);
                assertThatThrownBy(() -> {
                            for (int count = 0; count < 1_000; count++) {
                                journal.done(new CommandOrder("cut " + count, "guest", 1), answer);
                            }
                        })
                        .hasMessageContaining("No space left on device");
                assertThatThrownBy(() -> journal.done(new CommandOrder("full", "guest", 1), answer))
                        .hasMessageContaining("No space left on device");
                assertThat(journal.answer("full")).isEmpty();
                Files.delete(ballast);
                journal.done(new CommandOrder("after", "guest", 2), answer);
            }
            try (CommandJournal journal = CommandJournal.open(file)) {
                assertThat(journal.answer("before")).contains(answer);
                assertThat(journal.answer("full")).isEmpty();
                assertThat(journal.answer("after")).contains(answer);
            }
        } finally {
            run("umount", disk.toString());
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }

    @Test
    void it_forgets_the_oldest_and_does_not_grow_for_ever() throws IOException {
        Path file = folder.resolve("journal");
        try (CommandJournal journal = CommandJournal.open(file)) {
            for (int count = 0; count < 5 * CommandJournal.REMEMBERED; count++) {
                journal.pass(new CommandOrder("number " + count, "guest", count));
            }
            assertThat(Files.readString(file).lines().count()).isLessThan(4L * CommandJournal.REMEMBERED + 2);
        }
    }
}
