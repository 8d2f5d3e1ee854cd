package io.kilonova.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jooq.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeysetTest {
    @TempDir
    Path folder;

    private static void fill(Database database, long seed) {
        Random random = new Random(seed);
        database.change(transaction -> {
            for (int i = 0; i < 60; i++) {
                String body = random.nextInt(4) == 0 ? null : "body " + random.nextInt(4);
                transaction
                        .sql()
                        .insertInto(Notes.NOTES, Notes.ID, Notes.WRITER, Notes.BODY, Notes.WEIGHT)
                        .values("n%02d".formatted(i), "somebody", body, (long) random.nextInt(3))
                        .execute();
            }
        });
    }

    private static List<String> walk(Database database, Keyset keyset, boolean forward) {
        List<String> seen = new ArrayList<>();
        Record marker = null;
        while (true) {
            Record last = marker;
            List<Record> page = database.read(sql -> sql.select()
                    .from(Notes.NOTES)
                    .where(
                            last == null
                                    ? org.jooq.impl.DSL.noCondition()
                                    : forward ? keyset.after(last) : keyset.before(last))
                    .orderBy(forward ? keyset.order() : keyset.reverseOrder())
                    .limit(7)
                    .fetch());
            if (page.isEmpty()) {
                return forward ? seen : seen.reversed();
            }
            page.forEach(row -> seen.add(row.get(Notes.ID)));
            marker = page.getLast();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void pages_of_any_order_show_each_row_once_and_in_the_order_of_the_whole_list(EachDatabase kind) {
        try (Database database = Database.open(kind.fresh(folder), Notes.MIGRATIONS)) {
            fill(database, 20261101);
            for (int directions = 0; directions < 8; directions++) {
                Keyset keyset = Keyset.of(List.of(
                        Keyset.Key.nullable(Notes.BODY, (directions & 1) == 0),
                        Keyset.Key.of(Notes.WEIGHT, (directions & 2) == 0),
                        Keyset.Key.of(Notes.ID, (directions & 4) == 0)));
                List<String> whole = database.read(sql -> sql.select(Notes.ID)
                        .from(Notes.NOTES)
                        .orderBy(keyset.order())
                        .fetch(Notes.ID));
                assertThat(whole).hasSize(60);
                assertThat(walk(database, keyset, true)).isEqualTo(whole);
                assertThat(walk(database, keyset, false)).isEqualTo(whole);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void null_counts_as_the_smallest_on_both_databases(EachDatabase kind) {
        try (Database database = Database.open(kind.fresh(folder), Notes.MIGRATIONS)) {
            database.change(transaction -> {
                Notes.insert(transaction, "null");
                transaction
                        .sql()
                        .insertInto(Notes.NOTES, Notes.ID, Notes.WRITER, Notes.BODY)
                        .values("text", "somebody", "a")
                        .execute();
            });
            Keyset up = Keyset.of(List.of(Keyset.Key.nullable(Notes.BODY, true), Keyset.Key.of(Notes.ID, true)));
            Keyset down = Keyset.of(List.of(Keyset.Key.nullable(Notes.BODY, false), Keyset.Key.of(Notes.ID, true)));
            assertThat(walk(database, up, true)).containsExactly("null", "text");
            assertThat(walk(database, down, true)).containsExactly("text", "null");
        }
    }

    @Test
    void a_page_starts_at_its_marker_in_the_index_and_reads_nothing_before_it() {
        try (Database database = Database.open(EachDatabase.SQLITE.fresh(folder), Notes.MIGRATIONS)) {
            fill(database, 1);
            Keyset keyset = Keyset.of(List.of(Keyset.Key.of(Notes.WEIGHT, true), Keyset.Key.of(Notes.ID, true)));
            String plan = database.read(sql -> {
                Record marker =
                        sql.select().from(Notes.NOTES).where(Notes.ID.eq("n30")).fetchSingle();
                String page = sql.renderInlined(sql.select(Notes.ID)
                        .from(Notes.NOTES)
                        .where(keyset.after(marker))
                        .orderBy(keyset.order())
                        .limit(5));
                return sql.fetch("EXPLAIN QUERY PLAN " + page).format();
            });
            assertThat(plan)
                    .contains("SEARCH")
                    .contains("notes_by_weight (weight>?)")
                    .doesNotContain("TEMP B-TREE");
        }
    }

    @Test
    void an_order_without_a_unique_last_key_is_refused() {
        assertThatThrownBy(() -> Keyset.of(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Keyset.of(List.of(Keyset.Key.nullable(Notes.BODY, true))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
