package io.kilonova.storage;

import static io.kilonova.storage.TransactionTest.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.junit.jupiter.api.Test;

class PostgresqlEngineTest {
    private static final FixedStatement DRAW =
            FixedStatement.of("UPDATE counters SET next = next + 1 WHERE name = ? RETURNING next");
    private static final FixedStatement ALL = FixedStatement.of("SELECT * FROM notes");

    @Test
    void two_that_lock_each_other_out_are_both_carried_out_in_the_end() throws Exception {
        try (Database database = Database.open(PostgresqlServer.shared().freshDatabase(), Notes.MIGRATIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            database.change(transaction -> {
                Notes.insert(transaction, "a");
                Notes.insert(transaction, "b");
            });
            CyclicBarrier both = new CyclicBarrier(2);
            AtomicInteger runs = new AtomicInteger();
            Future<?> forward = threads.submit(() -> touch(database, both, runs, "a", "b"));
            Future<?> backward = threads.submit(() -> touch(database, both, runs, "b", "a"));
            forward.get();
            backward.get();
            assertThat(runs).hasValue(3);
            List<Long> weights = database.read(sql ->
                    sql.select(Notes.WEIGHT).from(Notes.NOTES).orderBy(Notes.ID).fetch(Notes.WEIGHT));
            assertThat(weights).containsExactly(2L, 2L);
            assertThat(database.statistics().retried()).isEqualTo(1);
        }
    }

    private static void touch(Database database, CyclicBarrier both, AtomicInteger runs, String first, String second) {
        database.change(transaction -> {
            add(transaction, first);
            if (runs.incrementAndGet() <= 2) {
                meet(both);
            }
            add(transaction, second);
        });
    }

    private static void add(Transaction transaction, String id) {
        transaction
                .sql()
                .update(Notes.NOTES)
                .set(Notes.WEIGHT, Notes.WEIGHT.plus(1))
                .where(Notes.ID.eq(id))
                .execute();
    }

    private static void meet(CyclicBarrier both) {
        try {
            both.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_server_that_is_gone_is_told_and_one_that_is_back_is_used_again() {
        try (PostgresqlServer server = PostgresqlServer.start();
                Database database =
                        Database.open(server.freshDatabase().withWaitLimit(Duration.ofSeconds(1)), Notes.MIGRATIONS)) {
            database.change(transaction -> Notes.insert(transaction, "a"));
            server.kill();
            refuses(
                    StorageError.DATABASE_UNREACHABLE,
                    () -> database.change(transaction -> Notes.insert(transaction, "b")));
            refuses(StorageError.DATABASE_UNREACHABLE, () -> Notes.ids(database));
            server.resume();
            Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
                database.change(transaction -> Notes.insert(transaction, "c"));
                return true;
            });
            assertThat(Notes.ids(database)).containsExactly("a", "c");
        }
    }

    @Test
    void what_is_drawn_apart_holds_nobody_up_and_stays_drawn() throws Exception {
        try (Database database = Database.open(PostgresqlServer.shared().freshDatabase(), Notes.MIGRATIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CyclicBarrier both = new CyclicBarrier(2);
            Future<Long> first = threads.submit(() -> drawAndMeet(database, both));
            Future<Long> second = threads.submit(() -> drawAndMeet(database, both));
            assertThat(List.of(first.get(), second.get())).containsExactlyInAnyOrder(2L, 3L);
            assertThatThrownBy(() -> database.change(transaction -> {
                        draw(transaction);
                        throw new IllegalStateException("rolled back");
                    }))
                    .hasMessage("rolled back");
            assertThat(database.<Long>write(PostgresqlEngineTest::draw)).isEqualTo(5L);
        }
    }

    /** Both have drawn before either commits. */
    private static long drawAndMeet(Database database, CyclicBarrier both) {
        return database.write(transaction -> {
            long drawn = draw(transaction);
            meet(both);
            return drawn;
        });
    }

    private static long draw(Transaction transaction) {
        return transaction.apart(sql -> DRAW.fetch(sql, "remarks").getFirst().get(0, Long.class));
    }

    @Test
    void what_is_released_early_and_what_was_drawn_for_it_are_on_disk_when_write_returns() {
        try (PostgresqlServer server = PostgresqlServer.start()) {
            DatabaseOptions options = server.freshDatabase();
            try (Database database = Database.open(options, Notes.MIGRATIONS)) {
                database.change(transaction -> {
                    transaction.releaseEarly();
                    Notes.insert(transaction, "note " + draw(transaction));
                });
                server.kill();
            }
            server.resume();
            try (Database database = Database.open(options, Notes.MIGRATIONS)) {
                assertThat(Notes.ids(database)).containsExactly("note 2");
                assertThat(database.<Long>write(PostgresqlEngineTest::draw)).isEqualTo(3L);
            }
        }
    }

    @Test
    void a_constraint_that_only_an_early_commit_finds_fails_it_whole() {
        try (Database database = Database.open(PostgresqlServer.shared().freshDatabase(), Notes.MIGRATIONS)) {
            assertThatThrownBy(() -> database.change(transaction -> {
                        transaction.releaseEarly();
                        Notes.insert(transaction, "a");
                        transaction.sql().execute("INSERT INTO replies (id, note_id) VALUES ('r', 'absent')");
                    }))
                    .isInstanceOf(IntegrityConstraintViolationException.class);
            database.change(transaction -> Notes.insert(transaction, "b"));
            assertThat(Notes.ids(database)).containsExactly("b");
        }
    }

    @Test
    void who_holds_rows_and_says_nothing_loses_them() throws Exception {
        DatabaseOptions options = PostgresqlServer.shared().freshDatabase().withWaitLimit(Duration.ofSeconds(1));
        try (Database dead = Database.open(options, Notes.MIGRATIONS);
                Database other = Database.open(options, Notes.MIGRATIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.change(transaction -> Notes.insert(transaction, "a"));
            CountDownLatch holding = new CountDownLatch(1);
            CountDownLatch back = new CountDownLatch(1);
            AtomicInteger runs = new AtomicInteger();
            Future<?> silent = threads.submit(() -> dead.change(transaction -> {
                add(transaction, "a");
                holding.countDown();
                if (runs.incrementAndGet() == 1) {
                    Undisturbed.call(() -> awaited(back));
                }
            }));
            holding.await();
            Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
                other.change(transaction -> add(transaction, "a"));
                return true;
            });
            back.countDown();
            silent.get();
            assertThat(runs).hasValue(2);
            long weight =
                    other.read(sql -> sql.select(Notes.WEIGHT).from(Notes.NOTES).fetchSingle(Notes.WEIGHT));
            assertThat(weight).isEqualTo(2);
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void sockets_of_both_sides_notice_a_machine_that_is_gone() {
        try (Database database = Database.open(PostgresqlServer.shared().freshDatabase(), Notes.MIGRATIONS)) {
            List<Object> settings = database.read(sql -> sql.fetchSingle(
                            "SELECT current_setting('tcp_keepalives_idle'), current_setting('tcp_keepalives_interval'),"
                                    + " current_setting('tcp_keepalives_count'), current_setting('tcp_user_timeout'),"
                                    + " current_setting('idle_in_transaction_session_timeout')")
                    .intoList());
            assertThat(settings).containsExactly("2", "1", "4", "6000", "15s");
        }
    }

    @Test
    void what_is_urgent_is_done_while_all_that_write_wait_for_a_row() throws Exception {
        DatabaseOptions options = PostgresqlServer.shared().freshDatabase().withConnections(4, 4);
        try (Database database = Database.open(options, Notes.MIGRATIONS);
                Connection stranger = DriverManager.getConnection(options.url(), options.user(), options.password());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            database.change(transaction -> Notes.insert(transaction, "a"));
            stranger.setAutoCommit(false);
            stranger.createStatement().execute("UPDATE notes SET weight = weight");
            List<Future<?>> waiting = new ArrayList<>();
            for (int writer = 0; writer < 8; writer++) {
                waiting.add(threads.submit(() -> database.change(transaction -> add(transaction, "a"))));
            }
            Awaitility.await().until(() -> database.statistics().waiting() == 4);
            database.urgently(() -> {
                database.change(transaction -> Notes.insert(transaction, "b"));
                assertThat(Notes.ids(database)).containsExactly("a", "b");
                refuses(StorageError.DATABASE_BUSY, () -> database.change(transaction -> add(transaction, "a")));
            });
            assertThat(waiting).noneMatch(Future::isDone);
            stranger.rollback();
            for (Future<?> writer : waiting) {
                writer.get();
            }
        }
    }

    @Test
    void tables_that_grow_while_they_are_read_and_written_fail_nobody() throws Exception {
        DatabaseOptions options = PostgresqlServer.shared().freshDatabase().withConnections(8, 8);
        try (Database database = Database.open(options, Notes.MIGRATIONS);
                Connection newer = DriverManager.getConnection(options.url(), options.user(), options.password());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            database.change(transaction -> Notes.insert(transaction, "a"));
            AtomicBoolean over = new AtomicBoolean();
            List<Future<?>> going = new ArrayList<>();
            for (int each = 0; each < 8; each++) {
                going.add(threads.submit(() -> untilOver(over, () -> all(database))));
                going.add(threads.submit(() -> untilOver(
                        over,
                        () -> database.<Integer>write(
                                transaction -> ALL.fetch(transaction.sql()).size()))));
            }
            for (int column = 0; column < 3; column++) {
                long reads = database.statistics().reads();
                long writes = database.statistics().writes();
                Awaitility.await()
                        .until(() -> database.statistics().reads() > reads + 200
                                && database.statistics().writes() > writes + 200);
                newer.createStatement().execute("ALTER TABLE notes ADD COLUMN newer_%d TEXT".formatted(column));
            }
            long reads = database.statistics().reads();
            Awaitility.await().until(() -> database.statistics().reads() > reads + 200);
            over.set(true);
            for (Future<?> each : going) {
                each.get();
            }
            assertThat(database.statistics().retried()).isPositive();
        }
    }

    private static int all(Database database) {
        return database.read(
                sql -> ALL.fetch(sql).size() + sql.fetch("SELECT * FROM notes").size());
    }

    private static void untilOver(AtomicBoolean over, Supplier<Integer> work) {
        while (!over.get()) {
            assertThat(work.get()).isPositive();
        }
    }

    @Test
    void a_server_that_was_never_there_is_told_in_one_sentence_without_the_password() {
        DatabaseOptions nowhere = DatabaseOptions.postgresql("jdbc:postgresql://127.0.0.1:1/none", "somebody", "s3cret")
                .withWaitLimit(Duration.ofMillis(300));
        assertThat(nowhere.toString()).doesNotContain("s3cret");
        refuses(StorageError.DATABASE_UNREACHABLE, () -> Database.open(nowhere, Notes.MIGRATIONS));
    }

    @Test
    void a_text_with_a_character_that_cannot_be_stored_is_the_callers_fault() {
        try (Database database = Database.open(PostgresqlServer.shared().freshDatabase(), Notes.MIGRATIONS)) {
            refuses(
                    StorageError.TEXT_NOT_STORABLE,
                    () -> database.change(transaction -> Notes.insert(transaction, "zero \u0000 byte")));
        }
    }

    @Test
    void a_standby_that_cannot_be_written_is_told_and_still_read() {
        try (Database database = Database.open(PostgresqlServer.shared().freshDatabase(), Notes.MIGRATIONS)) {
            database.change(transaction -> Notes.insert(transaction, "a"));
            refuses(
                    StorageError.DATABASE_READ_ONLY,
                    () -> database.change(transaction -> {
                        transaction.sql().execute("SET TRANSACTION READ ONLY");
                        Notes.insert(transaction, "b");
                    }));
            assertThat(Notes.ids(database)).containsExactly("a");
        }
    }
}
