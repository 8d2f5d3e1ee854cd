package io.kilonova.storage;

import static io.kilonova.storage.TransactionTest.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.junit.jupiter.api.Test;

class PostgresqlEngineTest {
    private static final FixedStatement DRAW =
            FixedStatement.of("UPDATE counters SET next = next + 1 WHERE name = ? RETURNING next");

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
