package io.kilonova.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jooq.Record;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A cloud's rows move from one engine to the other whole, or not at all. */
final class ArchiveTest {
    private static final int NOTES = 1234;

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void makeTheFile() throws IOException {
        file = Files.createFile(folder.resolve("rows.kilonova"));
    }

    @ParameterizedTest
    @CsvSource({"SQLITE, POSTGRESQL", "POSTGRESQL, SQLITE"})
    void every_row_arrives_on_the_other_engine(EachDatabase from, EachDatabase to) {
        try (Database source = open(from, "source");
                Database target = open(to, "target");
                Database unused = open(EachDatabase.SQLITE, "unused")) {
            fill(source);

            long written = archive(source).write(file);
            long read = archive(target).read(file, unused);

            assertThat(read).isEqualTo(written).isEqualTo(NOTES + 3);
            assertThat(rows(target)).isEqualTo(rows(source));
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_file_that_was_cut_off_leaves_nothing_behind(EachDatabase engine) throws IOException {
        try (Database source = open(EachDatabase.SQLITE, "source");
                Database target = open(engine, "target");
                Database unused = open(EachDatabase.SQLITE, "unused")) {
            fill(source);
            archive(source).write(file);
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(whole, whole.length - 9));

            assertThatThrownBy(() -> archive(target).read(file, unused)).hasMessageContaining("cannot be used");
            assertThat(rows(target)).isEqualTo(rows(unused));
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_database_in_use_is_not_overwritten(EachDatabase engine) {
        try (Database source = open(EachDatabase.SQLITE, "source");
                Database target = open(engine, "target");
                Database unused = open(EachDatabase.SQLITE, "unused")) {
            fill(source);
            archive(source).write(file);
            target.change(transaction -> Notes.insert(transaction, "somebody's"));

            assertThatThrownBy(() -> archive(target).read(file, unused)).hasMessageContaining("in use already");
            assertThat(Notes.ids(target)).containsExactly("somebody's");
        }
    }

    @Test
    void a_file_of_other_tables_or_of_something_else_is_refused() throws IOException {
        try (Database other = Database.open(EachDatabase.SQLITE.fresh(folder), List.of("db/storage_tests_other_room"));
                Database target = open(EachDatabase.SQLITE, "target");
                Database unused = open(EachDatabase.SQLITE, "unused")) {
            archive(other).write(file);
            assertThatThrownBy(() -> archive(target).read(file, unused)).hasMessageContaining("another release");

            Files.writeString(file, "{\"kilonova\": 1}");
            assertThatThrownBy(() -> archive(target).read(file, unused)).hasMessageContaining("cannot be used");
        }
    }

    private Database open(EachDatabase engine, String name) {
        Path own = folder.resolve(name);
        own.toFile().mkdirs();
        return Database.open(engine.fresh(own), Notes.MIGRATIONS);
    }

    private static Archive archive(Database database) {
        return new Archive(database, (table, rows) -> {});
    }

    /** More rows than one statement carries, remarks that answer later ones, nulls and letters of all kinds. */
    private static void fill(Database database) {
        database.change(transaction -> {
            for (int number = 0; number < NOTES; number++) {
                transaction
                        .sql()
                        .insertInto(Notes.NOTES, Notes.ID, Notes.WRITER, Notes.BODY, Notes.PINNED)
                        .values("note-" + number, "Ünïcode \"\n\\ 🚀", number % 2 == 0 ? null : "text", number % 3 == 0)
                        .execute();
            }
            transaction
                    .sql()
                    .execute("INSERT INTO remarks (id, answers, share) VALUES ('z', NULL, 0.1), ('a', 'z', 1e-300)");
            transaction.sql().execute("UPDATE counters SET next = 9007199254740993");
        });
    }

    private static List<List<String>> rows(Database database) {
        return database.read(sql -> List.of("notes ORDER BY id", "remarks ORDER BY id", "counters").stream()
                .map(table -> sql.fetch("SELECT * FROM " + table).stream()
                        .map(Record::toString)
                        .toList())
                .toList());
    }
}
