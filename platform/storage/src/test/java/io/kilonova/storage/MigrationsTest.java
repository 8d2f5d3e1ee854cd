package io.kilonova.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MigrationsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void rooms_may_use_the_same_number_and_come_one_after_the_other(EachDatabase kind) {
        DatabaseOptions options = kind.fresh(folder);
        try (Database first = Database.open(options, List.of("db/storage_tests"))) {
            first.change(transaction -> Notes.insert(transaction, "a"));
        }
        try (Database second = Database.open(options, List.of("db/storage_tests", "db/storage_tests_other_room"))) {
            assertThat(Notes.ids(second)).containsExactly("a");
            int others =
                    second.read(sql -> sql.fetch("SELECT id FROM other_room").size());
            assertThat(others).isZero();
        }
        try (Database without = Database.open(options, List.of("db/storage_tests"))) {
            assertThat(Notes.ids(without)).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_program_that_a_newer_release_took_something_from_refuses_to_start(EachDatabase kind) {
        DatabaseOptions options = kind.fresh(folder);
        Database.open(options, List.of("db/storage_tests", "db/storage_tests_newer"))
                .close();
        TransactionTest.refuses(
                StorageError.PROGRAM_TOO_OLD, () -> Database.open(options, List.of("db/storage_tests")));
        Database.open(options, List.of("db/storage_tests", "db/storage_tests_newer"))
                .close();
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void who_only_looks_changes_no_table_and_is_told_of_a_database_that_is_behind(EachDatabase kind) {
        DatabaseOptions options = kind.fresh(folder);
        Database.open(options, List.of("db/storage_tests")).close();
        TransactionTest.refuses(
                StorageError.DATABASE_BEHIND,
                () -> Database.openAsItIs(options, List.of("db/storage_tests", "db/storage_tests_other_room")));
        try (Database asItIs = Database.openAsItIs(options, List.of("db/storage_tests"))) {
            assertThat(Notes.ids(asItIs)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_broken_script_is_told_by_name_and_keeps_what_was_there(EachDatabase kind) {
        DatabaseOptions options = kind.fresh(folder);
        try (Database first = Database.open(options, List.of("db/storage_tests"))) {
            first.change(transaction -> Notes.insert(transaction, "a"));
        }
        TransactionTest.refuses(
                StorageError.MIGRATION_FAILED,
                () -> Database.open(options, List.of("db/storage_tests", "db/storage_tests_broken")));
        try (Database again = Database.open(options, List.of("db/storage_tests"))) {
            assertThat(Notes.ids(again)).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_released_script_that_was_edited_is_refused(EachDatabase kind) {
        DatabaseOptions options = kind.fresh(folder);
        try (Database first = Database.open(options, List.of("db/storage_tests"))) {
            first.change(transaction -> transaction.sql().execute("UPDATE schema_history SET checksum = checksum + 1"));
        }
        TransactionTest.refuses(
                StorageError.MIGRATION_FAILED, () -> Database.open(options, List.of("db/storage_tests")));
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_folder_without_scripts_or_with_a_misnamed_one_is_refused(EachDatabase kind) {
        DatabaseOptions options = kind.fresh(folder);
        TransactionTest.refuses(StorageError.MIGRATION_FAILED, () -> Database.open(options, List.of("db/absent")));
        TransactionTest.refuses(
                StorageError.MIGRATION_FAILED, () -> Database.open(options, List.of("db/storage_tests_misnamed")));
    }
}
