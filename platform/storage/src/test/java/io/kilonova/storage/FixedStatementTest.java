package io.kilonova.storage;

import static io.kilonova.storage.Notes.BODY;
import static io.kilonova.storage.Notes.ID;
import static io.kilonova.storage.Notes.NOTES;
import static io.kilonova.storage.Notes.PINNED;
import static io.kilonova.storage.Notes.WEIGHT;
import static io.kilonova.storage.Notes.WRITER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.errors.ServiceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FixedStatementTest {
    private static final FixedStatement INSERT = FixedStatement.of(sql ->
            sql.insertInto(NOTES).columns(ID, WRITER, BODY, WEIGHT, PINNED).values("", "", "", 0L, false));
    private static final FixedStatement FIND = FixedStatement.of(
            sql -> sql.select(ID, BODY, WEIGHT, PINNED).from(NOTES).where(ID.eq("")));
    private static final FixedStatement ADD = FixedStatement.of(sql ->
            sql.update(NOTES).set(WEIGHT, WEIGHT.plus(0L)).where(ID.eq("")).returning(WEIGHT));
    private static final FixedStatement ADD_TO_LIGHT =
            FixedStatement.of("UPDATE notes SET weight = weight + ? WHERE id = ? AND weight <= ?");
    private static final FixedStatement REMOVE = FixedStatement.of("DELETE FROM notes WHERE id = ?");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_has_to_find_a_row_and_finds_none_undoes_all_of_its_transaction(EachDatabase kind) {
        try (Database database = Database.open(kind.fresh(folder), Notes.MIGRATIONS)) {
            database.change(transaction -> {
                INSERT.executeLater(transaction.sql(), "a", "somebody", "", 7L, false);
                ADD_TO_LIGHT.requireLater(transaction.sql(), 1, "a", 7L);
            });
            for (boolean early : new boolean[] {false, true}) {
                assertThatThrownBy(() -> database.change(transaction -> {
                            if (early) {
                                transaction.releaseEarly();
                            }
                            INSERT.executeLater(transaction.sql(), "b", "somebody", "", 1L, false);
                            ADD_TO_LIGHT.requireLater(transaction.sql(), 1, "a", 7L);
                        }))
                        .isInstanceOfSatisfying(
                                ServiceException.class,
                                e -> assertThat(e.code()).isEqualTo(StorageError.ROW_NOT_FOUND));
            }
            assertThat(Notes.ids(database)).containsExactly("a");
            assertThat(find(database, "a").orElseThrow().get(WEIGHT)).isEqualTo(8L);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void each_run_has_its_own_values_on_each_database(EachDatabase kind) {
        try (Database database = Database.open(kind.fresh(folder), Notes.MIGRATIONS)) {
            database.change(transaction -> {
                INSERT.execute(transaction.sql(), "a", "somebody", "it's a ?", 7L, true);
                INSERT.execute(transaction.sql(), "b", "somebody", null, 8L, false);
            });
            Record first = find(database, "a").orElseThrow();
            Record second = find(database, "b").orElseThrow();
            assertThat(first.get(BODY)).isEqualTo("it's a ?");
            assertThat(first.get(PINNED)).isTrue();
            assertThat(second.get(BODY)).isNull();
            assertThat(second.get(WEIGHT)).isEqualTo(8L);
            assertThat(find(database, "c")).isEmpty();
            assertThat(database.<Long>write(transaction ->
                            ADD.fetch(transaction.sql(), 3, "b").getFirst().get(WEIGHT)))
                    .isEqualTo(11L);
            assertThat(database.<Integer>write(transaction -> REMOVE.execute(transaction.sql(), "b")))
                    .isOne();
            assertThat(Notes.ids(database)).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_is_refused_throws_as_any_other_statement_and_runs_again_afterwards(EachDatabase kind) {
        try (Database database = Database.open(kind.fresh(folder), Notes.MIGRATIONS)) {
            database.change(transaction -> INSERT.execute(transaction.sql(), "a", "somebody", "", 0L, false));
            assertThatThrownBy(() -> database.change(
                            transaction -> INSERT.execute(transaction.sql(), "a", "somebody", "", 0L, false)))
                    .isInstanceOf(IntegrityConstraintViolationException.class);
            assertThatThrownBy(() -> database.change(transaction ->
                            FixedStatement.of("DELETE FROM absent").execute(transaction.sql())))
                    .isInstanceOf(DataAccessException.class);
            assertThatThrownBy(() -> database.read(sql -> FIND.fetch(sql, "a", "too many")))
                    .isInstanceOf(IllegalArgumentException.class);
            database.change(transaction -> INSERT.execute(transaction.sql(), "b", "somebody", "", 0L, false));
            assertThat(Notes.ids(database)).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_may_be_run_later_is_seen_by_what_follows_and_kept_in_order(EachDatabase kind) {
        try (Database database = Database.open(kind.fresh(folder), Notes.MIGRATIONS)) {
            database.change(transaction -> {
                for (int note = 0; note < 40; note++) {
                    INSERT.executeLater(transaction.sql(), "note %02d".formatted(note), "somebody", null, 0L, false);
                }
                assertThat(ADD.fetch(transaction.sql(), 3, "note 39").getFirst().get(WEIGHT))
                        .isEqualTo(3L);
                REMOVE.executeLater(transaction.sql(), "note 00");
                assertThat(transaction.sql().fetchCount(NOTES)).isEqualTo(39);
                REMOVE.executeLater(transaction.sql(), "note 01");
                assertThat(REMOVE.execute(transaction.sql(), "note 01")).isZero();
                REMOVE.executeLater(transaction.sql(), "note 02");
            });
            assertThat(Notes.ids(database)).hasSize(37).first().isEqualTo("note 03");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void statements_that_go_together_have_each_its_own_rows_and_see_what_was_to_be_run_before(EachDatabase kind) {
        try (Database database = Database.open(kind.fresh(folder), Notes.MIGRATIONS)) {
            List<Long> weights = database.<List<Long>>write(transaction -> {
                INSERT.executeLater(transaction.sql(), "a", "somebody", "first", 1L, false);
                INSERT.executeLater(transaction.sql(), "b", "somebody", "second", 2L, false);
                return FixedStatement.fetchAll(transaction.sql(), ADD.with(10, "b"), ADD.with(10, "a")).stream()
                        .map(rows -> rows.getFirst().get(WEIGHT))
                        .toList();
            });
            assertThat(weights).containsExactly(12L, 11L);
            List<Result<Record>> found = database.fetchAll(FIND.with("b"), FIND.with("absent"), FIND.with("a"));
            assertThat(found).hasSize(3);
            assertThat(found.getFirst().getFirst().get(BODY)).isEqualTo("second");
            assertThat(found.get(1)).isEmpty();
            assertThat(found.getLast().getFirst().get(BODY)).isEqualTo("first");
            assertThat(database.fetchOptional(FIND.with("a"))).isPresent();
            assertThatThrownBy(() -> database.fetchAll(
                            FIND.with("a"),
                            FixedStatement.of("SELECT 1 FROM absent").with()))
                    .isInstanceOf(DataAccessException.class);
            assertThat(database.fetch(FIND.with("a"))).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_fails_when_it_is_run_later_fails_its_transaction_alone(EachDatabase kind) {
        try (Database database = Database.open(kind.fresh(folder), Notes.MIGRATIONS)) {
            assertThatThrownBy(() -> database.change(transaction -> {
                        INSERT.executeLater(transaction.sql(), "a", "somebody", "", 0L, false);
                        INSERT.executeLater(transaction.sql(), "a", "somebody", "", 0L, false);
                        INSERT.executeLater(transaction.sql(), "b", "somebody", "", 0L, false);
                    }))
                    .isInstanceOf(IntegrityConstraintViolationException.class);
            database.change(transaction -> INSERT.executeLater(transaction.sql(), "c", "somebody", "", 0L, false));
            assertThat(Notes.ids(database)).containsExactly("c");
        }
    }

    private static Optional<Record> find(Database database, String id) {
        return database.<Optional<Record>>read(sql -> FIND.fetchOptional(sql, id));
    }
}
