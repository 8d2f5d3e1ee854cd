package io.kilonova.storage;

import static io.kilonova.storage.TransactionTest.awaitLatch;
import static io.kilonova.storage.TransactionTest.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupWriterTest {
    @TempDir
    Path folder;

    private DatabaseOptions options() {
        return DatabaseOptions.sqlite(folder.resolve("test.db"));
    }

    /** Holds the writer, has {@code bodies} wait behind, and lets all go at once. */
    private static List<Future<?>> together(
            Database database, ExecutorService threads, List<Consumer<Transaction>> bodies) {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Future<?>> all = new ArrayList<>();
        all.add(threads.submit(() -> database.change(transaction -> {
            held.countDown();
            awaitLatch(goOn);
        })));
        awaitLatch(held);
        for (int i = 0; i < bodies.size(); i++) {
            Consumer<Transaction> body = bodies.get(i);
            all.add(threads.submit(() -> database.change(body)));
            int waiting = i + 1;
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> database.statistics().waiting() == waiting);
        }
        goOn.countDown();
        return all.subList(1, all.size());
    }

    private static Throwable failure(Future<?> future) throws InterruptedException {
        try {
            future.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    @Test
    void changes_that_wait_share_one_flush() throws Exception {
        DatabaseOptions patient = options().withGroups(8_192, 512, Duration.ofSeconds(30));
        try (Database database = Database.open(patient, Notes.MIGRATIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Consumer<Transaction>> bodies = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String id = "note %02d".formatted(i);
                bodies.add(transaction -> Notes.insert(transaction, id));
            }
            for (Future<?> one : together(database, threads, bodies)) {
                assertThat(failure(one)).isNull();
            }
            assertThat(Notes.ids(database)).hasSize(40);
            assertThat(database.statistics().largestGroup()).isGreaterThanOrEqualTo(40);
        }
    }

    @Test
    void a_body_that_fails_leaves_its_neighbours_as_they_are() throws Exception {
        try (Database database = Database.open(options(), Notes.MIGRATIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> answers = together(
                    database,
                    threads,
                    List.of(
                            transaction -> Notes.insert(transaction, "a"),
                            transaction -> {
                                Notes.insert(transaction, "b");
                                throw new IllegalStateException("mine alone");
                            },
                            transaction -> {
                                Notes.insert(transaction, "c");
                                Notes.insert(transaction, "a");
                            },
                            transaction -> Notes.insert(transaction, "d")));
            assertThat(failure(answers.get(0))).isNull();
            assertThat(failure(answers.get(1))).hasMessage("mine alone");
            assertThat(failure(answers.get(2))).isInstanceOf(IntegrityConstraintViolationException.class);
            assertThat(failure(answers.get(3))).isNull();
            assertThat(Notes.ids(database)).containsExactly("a", "d");
        }
    }

    @Test
    void a_constraint_that_only_the_commit_finds_fails_the_guilty_one_alone() throws Exception {
        try (Database database = Database.open(options(), Notes.MIGRATIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> answers = together(
                    database,
                    threads,
                    List.of(
                            transaction -> Notes.insert(transaction, "a"),
                            transaction -> transaction
                                    .sql()
                                    .execute("INSERT INTO replies (id, note_id) VALUES ('r', 'absent')"),
                            transaction -> Notes.insert(transaction, "b")));
            assertThat(failure(answers.get(0))).isNull();
            assertThat(failure(answers.get(1))).isInstanceOf(IntegrityConstraintViolationException.class);
            assertThat(failure(answers.get(2))).isNull();
            assertThat(Notes.ids(database)).containsExactly("a", "b");
        }
    }

    @Test
    void an_error_of_the_machine_in_one_body_neither_stops_the_writer_nor_its_neighbours() throws Exception {
        try (Database database = Database.open(options(), Notes.MIGRATIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> answers =
                    together(database, threads, List.of(transaction -> Notes.insert(transaction, "a"), transaction -> {
                        Notes.insert(transaction, "b");
                        throw new StackOverflowError("deep");
                    }));
            assertThat(failure(answers.get(0))).isNull();
            assertThat(failure(answers.get(1))).isInstanceOf(StackOverflowError.class);
            assertThat(Notes.ids(database)).containsExactly("a");
        }
    }

    @Test
    void a_full_database_fails_who_does_not_fit_and_takes_changes_again_when_there_is_room() throws Exception {
        try (Database database = Database.open(options(), Notes.MIGRATIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            database.change(transaction -> Notes.insert(transaction, "before"));
            database.change(transaction -> transaction.sql().fetch("PRAGMA max_page_count = 40"));
            String large = "x".repeat(400_000);
            List<Future<?>> answers = together(
                    database,
                    threads,
                    List.of(
                            transaction -> Notes.insert(transaction, "small 1"),
                            transaction -> transaction
                                    .sql()
                                    .insertInto(Notes.NOTES, Notes.ID, Notes.WRITER, Notes.BODY)
                                    .values("large", "somebody", large)
                                    .execute(),
                            transaction -> Notes.insert(transaction, "small 2")));
            assertThat(failure(answers.get(0))).isNull();
            Throwable full = failure(answers.get(1));
            refuses(StorageError.DATABASE_FULL, () -> {
                throw full;
            });
            assertThat(failure(answers.get(2))).isNull();
            assertThat(Notes.ids(database)).containsExactly("before", "small 1", "small 2");
            database.change(transaction -> transaction.sql().fetch("PRAGMA max_page_count = 100000"));
            database.change(transaction -> transaction
                    .sql()
                    .insertInto(Notes.NOTES, Notes.ID, Notes.WRITER, Notes.BODY)
                    .values("large", "somebody", large)
                    .execute());
            assertThat(Notes.ids(database)).containsExactly("before", "large", "small 1", "small 2");
        }
    }

    @Test
    void a_caller_that_waited_too_long_is_told_that_the_database_is_busy_and_nothing_of_it_happens() throws Exception {
        DatabaseOptions impatient =
                options().withWaitLimit(Duration.ofMillis(50)).withGroups(2, 512, Duration.ofMillis(20));
        try (Database database = Database.open(impatient, Notes.MIGRATIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            Future<?> holder = threads.submit(() -> database.change(transaction -> {
                held.countDown();
                awaitLatch(goOn);
            }));
            held.await();
            for (int i = 0; i < 5; i++) {
                refuses(
                        StorageError.DATABASE_BUSY,
                        () -> database.change(transaction -> Notes.insert(transaction, "late")));
            }
            goOn.countDown();
            holder.get();
            database.change(transaction -> Notes.insert(transaction, "after"));
            assertThat(Notes.ids(database)).containsExactly("after");
            assertThat(database.statistics().refused()).isEqualTo(5);
        }
    }

    @Test
    void a_group_ends_though_others_keep_coming() throws Exception {
        DatabaseOptions small = options().withGroups(8_192, 10, Duration.ofSeconds(30));
        try (Database database = Database.open(small, Notes.MIGRATIONS);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Consumer<Transaction>> bodies = new ArrayList<>();
            for (int i = 0; i < 35; i++) {
                String id = "note %02d".formatted(i);
                bodies.add(transaction -> Notes.insert(transaction, id));
            }
            for (Future<?> one : together(database, threads, bodies)) {
                assertThat(failure(one)).isNull();
            }
            assertThat(database.statistics().largestGroup()).isEqualTo(10);
        }
    }

    @Test
    void nobody_but_the_owner_can_read_the_files() throws Exception {
        try (Database database = Database.open(options(), Notes.MIGRATIONS)) {
            database.change(transaction -> Notes.insert(transaction, "secret"));
            try (java.util.stream.Stream<Path> files = Files.list(folder)) {
                assertThat(files)
                        .hasSizeGreaterThanOrEqualTo(2)
                        .allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file))
                                .isEqualTo(PosixFilePermissions.fromString("rw-------")));
            }
        }
    }

    @Test
    void a_file_that_is_no_database_is_refused_and_left_as_it_is() throws Exception {
        Path file = folder.resolve("test.db");
        String text = "this is somebody's diary, and certainly no database\n".repeat(100);
        Files.writeString(file, text);
        refuses(StorageError.DATABASE_DAMAGED, () -> Database.open(options(), Notes.MIGRATIONS));
        assertThat(file).hasContent(text);
    }

    @Test
    void a_folder_that_is_not_there_is_told_before_anything_begins() {
        refuses(
                StorageError.DATABASE_READ_ONLY,
                () -> Database.open(DatabaseOptions.sqlite(folder.resolve("absent/test.db")), Notes.MIGRATIONS));
    }

    @Test
    void a_database_that_cannot_be_written_is_told_and_still_read() {
        try (Database database = Database.open(options(), Notes.MIGRATIONS)) {
            database.change(transaction -> Notes.insert(transaction, "a"));
            database.change(transaction -> transaction.sql().execute("PRAGMA query_only = ON"));
            refuses(
                    StorageError.DATABASE_READ_ONLY,
                    () -> database.change(transaction -> Notes.insert(transaction, "b")));
            assertThat(Notes.ids(database)).containsExactly("a");
        }
    }
}
