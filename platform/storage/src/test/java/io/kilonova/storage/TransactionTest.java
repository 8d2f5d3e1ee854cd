package io.kilonova.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.errors.ServiceException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransactionTest {
    @TempDir
    Path folder;

    private Database open(EachDatabase kind) {
        return Database.open(kind.fresh(folder), Notes.MIGRATIONS);
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_was_written_is_read_also_after_reopening(EachDatabase kind) {
        DatabaseOptions options = kind.fresh(folder);
        try (Database database = Database.open(options, Notes.MIGRATIONS)) {
            String answer = database.write(transaction -> {
                Notes.insert(transaction, "a");
                return "done";
            });
            assertThat(answer).isEqualTo("done");
            assertThat(Notes.ids(database)).containsExactly("a");
        }
        try (Database again = Database.open(options, Notes.MIGRATIONS)) {
            assertThat(Notes.ids(again)).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_accompanies_a_thread_goes_with_its_first_transaction_and_not_with_one_that_stands_alone(
            EachDatabase kind) {
        try (Database database = open(kind)) {
            database.accompanied(transaction -> Notes.insert(transaction, "companion"), () -> {
                assertThat(database.<String>writeAlone(transaction -> {
                            Notes.insert(transaction, "alone");
                            return "done";
                        }))
                        .isEqualTo("done");
                assertThat(Notes.ids(database)).containsExactly("alone");
                database.change(transaction -> Notes.insert(transaction, "first"));
                return "";
            });
            assertThat(Notes.ids(database)).containsExactlyInAnyOrder("alone", "companion", "first");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_a_body_throws_comes_out_and_nothing_of_it_is_kept(EachDatabase kind) {
        try (Database database = open(kind)) {
            IllegalArgumentException mine = new IllegalArgumentException("mine");
            assertThatThrownBy(() -> database.change(transaction -> {
                        Notes.insert(transaction, "a");
                        throw mine;
                    }))
                    .isSameAs(mine);
            assertThat(Notes.ids(database)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void actions_after_the_commit_run_in_order_and_see_it_done_and_never_run_after_a_rollback(EachDatabase kind) {
        try (Database database = open(kind)) {
            List<String> seen = Collections.synchronizedList(new ArrayList<>());
            database.change(transaction -> {
                Notes.insert(transaction, "a");
                transaction.afterCommit(() -> seen.add("first sees " + Notes.ids(database)));
                transaction.afterCommit(() -> {
                    throw new IllegalStateException("hinders nobody");
                });
                transaction.afterCommit(() -> database.change(next -> Notes.insert(next, "b")));
            });
            assertThat(seen).containsExactly("first sees [a]");
            assertThat(Notes.ids(database)).containsExactly("a", "b");
            assertThatThrownBy(() -> database.change(transaction -> {
                        transaction.afterCommit(() -> seen.add("never"));
                        throw new IllegalStateException("rolled back");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(seen).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_write_inside_a_write_or_a_read_is_refused(EachDatabase kind) {
        try (Database database = open(kind)) {
            refuses(
                    StorageError.NESTED_TRANSACTION,
                    () -> database.change(outer -> database.change(inner -> Notes.insert(inner, "a"))));
            refuses(
                    StorageError.NESTED_TRANSACTION,
                    () -> database.read(sql -> database.write(inner -> {
                        Notes.insert(inner, "a");
                        return 1;
                    })));
            assertThat(Notes.ids(database)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_read_inside_a_write_sees_what_the_write_has_done(EachDatabase kind) {
        try (Database database = open(kind)) {
            List<String> seen = database.write(transaction -> {
                Notes.insert(transaction, "a");
                return Notes.ids(database);
            });
            assertThat(seen).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_read_cannot_write(EachDatabase kind) {
        try (Database database = open(kind)) {
            refuses(
                    StorageError.WRITE_IN_READ,
                    () -> database.read(sql -> sql.insertInto(Notes.NOTES, Notes.ID, Notes.WRITER)
                            .values("a", "b")
                            .execute()));
            assertThat(Notes.ids(database)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_transaction_of_jooq_inside_ours_is_refused(EachDatabase kind) {
        try (Database database = open(kind)) {
            assertThatThrownBy(() -> database.change(
                            transaction -> transaction.sql().transaction(inner -> Notes.insert(transaction, "a"))))
                    .isInstanceOf(RuntimeException.class);
            assertThat(Notes.ids(database)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_transaction_is_of_no_use_after_its_body(EachDatabase kind) {
        try (Database database = open(kind)) {
            AtomicReference<Transaction> kept = new AtomicReference<>();
            database.change(kept::set);
            assertThatThrownBy(() -> kept.get().sql()).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> kept.get().afterCommit(() -> {})).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_read_keeps_its_snapshot_while_others_commit(EachDatabase kind) throws Exception {
        try (Database database = open(kind);
                ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            database.change(transaction -> Notes.insert(transaction, "a"));
            List<Integer> counts = database.read(sql -> {
                int before = sql.fetchCount(Notes.NOTES);
                Future<?> commit = other.submit(() -> database.change(transaction -> Notes.insert(transaction, "b")));
                await(commit);
                return List.of(before, sql.fetchCount(Notes.NOTES));
            });
            assertThat(counts).containsExactly(1, 1);
            assertThat(Notes.ids(database)).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_broken_constraint_is_told_as_one_even_when_only_the_commit_finds_it(EachDatabase kind) {
        try (Database database = open(kind)) {
            database.change(transaction -> Notes.insert(transaction, "a"));
            assertThatThrownBy(() -> database.change(transaction -> Notes.insert(transaction, "a")))
                    .isInstanceOf(IntegrityConstraintViolationException.class);
            assertThatThrownBy(() -> database.change(transaction ->
                            transaction.sql().execute("INSERT INTO replies (id, note_id) VALUES ('r', 'absent')")))
                    .isInstanceOf(IntegrityConstraintViolationException.class);
            assertThat(Notes.ids(database)).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void an_update_of_a_whole_table_is_refused(EachDatabase kind) {
        try (Database database = open(kind)) {
            database.change(transaction -> Notes.insert(transaction, "a"));
            assertThatThrownBy(() -> database.change(transaction ->
                            transaction.sql().deleteFrom(Notes.NOTES).execute()))
                    .isInstanceOf(RuntimeException.class);
            assertThat(Notes.ids(database)).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void flags_and_texts_of_any_script_come_back_as_they_were(EachDatabase kind) {
        try (Database database = open(kind)) {
            String text = "Größe 語 🚀 '; DROP TABLE notes; --";
            database.change(transaction -> transaction
                    .sql()
                    .insertInto(Notes.NOTES, Notes.ID, Notes.WRITER, Notes.BODY, Notes.WEIGHT, Notes.PINNED)
                    .values("a", text, null, Long.MAX_VALUE, true)
                    .execute());
            org.jooq.Record row = database.read(sql -> sql.select(Notes.WRITER, Notes.BODY, Notes.WEIGHT, Notes.PINNED)
                    .from(Notes.NOTES)
                    .where(Notes.PINNED.eq(true))
                    .fetchSingle());
            assertThat(row.intoArray()).containsExactly(text, null, Long.MAX_VALUE, true);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void many_virtual_threads_lose_no_change_and_no_count(EachDatabase kind) throws Exception {
        try (Database database = open(kind);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            database.change(transaction -> Notes.insert(transaction, "counter"));
            List<? extends Future<?>> all = IntStream.range(0, 1_000)
                    .mapToObj(number -> threads.submit(() -> {
                        database.change(transaction -> {
                            transaction
                                    .sql()
                                    .update(Notes.NOTES)
                                    .set(Notes.WEIGHT, Notes.WEIGHT.plus(1))
                                    .where(Notes.ID.eq("counter"))
                                    .execute();
                            Notes.insert(transaction, "note %04d".formatted(number));
                        });
                        assertThat(Notes.ids(database)).contains("note %04d".formatted(number));
                    }))
                    .toList();
            for (Future<?> one : all) {
                one.get();
            }
            long counted = database.read(sql -> sql.select(Notes.WEIGHT)
                    .from(Notes.NOTES)
                    .where(Notes.ID.eq("counter"))
                    .fetchSingle(Notes.WEIGHT));
            assertThat(counted).isEqualTo(1_000);
            assertThat(Notes.ids(database)).hasSize(1_001);
            assertThat(database.statistics().writes()).isEqualTo(1_001);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void an_interrupted_caller_still_learns_what_became_of_its_change(EachDatabase kind) throws Exception {
        try (Database database = open(kind)) {
            AtomicReference<Boolean> interrupted = new AtomicReference<>();
            Thread caller = Thread.ofVirtual().start(() -> {
                Thread.currentThread().interrupt();
                database.change(transaction -> Notes.insert(transaction, "a"));
                interrupted.set(Thread.currentThread().isInterrupted());
            });
            caller.join();
            assertThat(interrupted).hasValue(true);
            assertThat(Notes.ids(database)).containsExactly("a");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void closing_carries_out_what_was_begun_and_refuses_what_comes_later(EachDatabase kind) throws Exception {
        DatabaseOptions options = kind.fresh(folder);
        Database database = Database.open(options, Notes.MIGRATIONS);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread writer = Thread.ofVirtual()
                .start(() -> database.change(transaction -> {
                    begun.countDown();
                    awaitLatch(goOn);
                    Notes.insert(transaction, "a");
                }));
        begun.await();
        Thread closer = Thread.ofVirtual().start(() -> {
            goOn.countDown();
            writerJoin(writer);
            database.close();
        });
        closer.join();
        refuses(StorageError.DATABASE_CLOSED, () -> database.change(transaction -> Notes.insert(transaction, "b")));
        refuses(StorageError.DATABASE_CLOSED, () -> Notes.ids(database));
        try (Database again = Database.open(options, Notes.MIGRATIONS)) {
            assertThat(Notes.ids(again)).containsExactly("a");
        }
    }

    static void refuses(StorageError code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatExceptionOfType(ServiceException.class)
                .isThrownBy(call)
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(code));
    }

    private static void writerJoin(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(Future<?> future) {
        try {
            future.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
