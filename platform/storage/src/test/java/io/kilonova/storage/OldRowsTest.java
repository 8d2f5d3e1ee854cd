package io.kilonova.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OldRowsTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_793_000_000_000L);
    private static final OldRows ROWS = new OldRows("history", "server_id, at", "at");

    @TempDir
    Path folder;

    private static void fill(Database database, int rows, Duration apart) {
        database.change(transaction -> {
            transaction
                    .sql()
                    .execute(
                            "CREATE TABLE history (server_id TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (server_id, at))");
            transaction.sql().execute("CREATE INDEX history_by_age ON history (at)");
            transaction.sql().execute("CREATE TABLE requests (id BIGINT NOT NULL PRIMARY KEY)");
            for (int row = 0; row < rows; row++) {
                transaction
                        .sql()
                        .execute(
                                "INSERT INTO history (server_id, at) VALUES (?, ?)",
                                "server",
                                NOW.minus(apart.multipliedBy(row)).toEpochMilli());
            }
        });
    }

    private static int rows(Database database) {
        return database.read(
                sql -> sql.fetchSingle("SELECT COUNT(*) FROM history").get(0, Integer.class));
    }

    private static long request(Database database, AtomicBoolean swept) {
        long requests = 0;
        while (!swept.get()) {
            long id = ++requests;
            database.change(transaction -> transaction.sql().execute("INSERT INTO requests (id) VALUES (?)", id));
        }
        return requests;
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void ten_thousand_old_rows_leave_in_small_batches_while_requests_go_on(EachDatabase kind) throws Exception {
        try (Database database = Database.open(kind.fresh(folder), List.of("db/storage_tests"));
                ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
            fill(database, 12_000, Duration.ofHours(1));
            AtomicBoolean swept = new AtomicBoolean();
            Future<Long> requests = others.submit(() -> request(database, swept));
            int gone = ROWS.sweep(database, new Retention(Duration.ofDays(365), 2_000), NOW);
            swept.set(true);
            assertThat(gone).isEqualTo(10_000);
            assertThat(rows(database)).isEqualTo(2_000);
            long batches = database.statistics().writes() - requests.get() - 1;
            assertThat(batches).isBetween(20L, 25L);
            assertThat(requests.get()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void rows_leave_by_age_though_there_is_room_for_more(EachDatabase kind) {
        try (Database database = Database.open(kind.fresh(folder), List.of("db/storage_tests"))) {
            fill(database, 100, Duration.ofDays(1));
            assertThat(ROWS.sweep(database, new Retention(Duration.ofDays(30), 1_000), NOW))
                    .isEqualTo(69);
            assertThat(rows(database)).isEqualTo(31);
        }
    }
}
