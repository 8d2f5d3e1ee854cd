package io.kilonova.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpeningTest {
    @TempDir
    Path folder;

    @Test
    void a_database_is_opened_again_and_again_without_leaving_anything_open() {
        for (int i = 0; i < 12; i++) {
            long begun = System.nanoTime();
            try (Database database =
                    Database.open(DatabaseOptions.sqlite(folder.resolve(i + ".db")), Notes.MIGRATIONS)) {
                System.out.printf("opened a fresh database in %d ms%n", (System.nanoTime() - begun) / 1_000_000);
                assertThat(Notes.ids(database)).isEmpty();
            }
            assertThat(folder.resolve(i + ".db-wal")).doesNotExist();
        }
    }
}
