package io.kilonova.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TakeoverTest {
    @TempDir
    Path folder;

    private static final List<String> PLACES = List.of(
            "ran a",
            "committed RUNNING 1",
            "ran b",
            "committed RUNNING 2",
            "ran c",
            "ran d",
            "undid d",
            "undid b",
            "undid a");

    private static List<Step<Trail>> steps(boolean failing) {
        List<Step<Trail>> steps = new ArrayList<>(Errand.plain("a", "b", "c"));
        steps.add(Errand.step("d", (state, context) -> {
            assertThat(state.done()).containsExactly("a", "b", "c");
            if (failing) {
                throw OperationError.OPERATION_UNKNOWN.with("here");
            }
            return Errand.done("d", state, context);
        }));
        return steps;
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_process_that_dies_at_any_point_leaves_work_that_the_next_one_ends(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            for (String place : PLACES) {
                for (boolean failing : new boolean[] {false, true}) {
                    crashAndGoOn(lab, place, failing);
                }
            }
        }
    }

    private static void crashAndGoOn(Lab lab, String place, boolean failing) {
        String subject = place + " " + failing;
        Errand build = Errand.of("build", steps(failing));
        AtomicReference<Operations> first = new AtomicReference<>();
        CountDownLatch crashed = new CountDownLatch(1);
        first.set(lab.start(
                lab.sole(),
                reached -> {
                    if (reached.equals(place)) {
                        first.get().abandon();
                        crashed.countDown();
                        throw new IllegalStateException("the process ends here");
                    }
                },
                build));
        String id = lab.submit(first.get(), "build", subject);
        Lab.until(() -> crashed.getCount() == 0
                || first.get().find(id).orElseThrow().endedAt().isPresent());
        first.get().abandon();
        Operations second = lab.start(lab.sole(), build);
        OperationView view = lab.untilEnded(second, id);
        lab.hasEnded(view, failing ? OperationPhase.FAILED : OperationPhase.SUCCEEDED);
        assertThat(lab.marks(subject))
                .as("crashed at %s", place)
                .containsExactlyElementsOf(
                        failing
                                ? List.of("a", "b", "c", "undo d", "undo c", "undo b", "undo a", "build failed")
                                : List.of("a", "b", "c", "d", "build succeeded"));
        second.abandon();
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void an_operation_whose_state_cannot_be_read_is_left_as_it_is_and_holds_up_no_other(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Errand build = Errand.of("build", Errand.plain("a"));
            Operations first = new Operations(lab.database, List.of(build), lab.sole(), lab.clock);
            String damaged = lab.submit(first, "build", "damaged");
            String whole = lab.submit(first, "build", "whole");
            lab.database.change(transaction ->
                    transaction.sql().execute("UPDATE operations SET state = '{\"done\": 5' WHERE id = ?", damaged));

            Operations second = lab.start(lab.sole(), build);

            lab.hasEnded(lab.untilEnded(second, whole), OperationPhase.SUCCEEDED);
            assertThat(second.find(damaged).orElseThrow().endedAt()).isEmpty();
            assertThat(lab.marks("damaged")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_controller_whose_lease_ran_out_is_replaced_and_all_that_it_writes_late_is_refused(EachDatabase kind)
            throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger runs = new AtomicInteger();
            AtomicLong lastFence = new AtomicLong();
            List<Step<Trail>> steps = List.of(Errand.step("spawn", (state, context) -> {
                lastFence.set(context.command().fence());
                if (runs.incrementAndGet() == 1) {
                    inside.countDown();
                    goOn.await();
                    lab.database.change(transaction -> Errand.mark(transaction, "server", "late"));
                }
                return Errand.done("spawn", state, context);
            }));
            Operations old = lab.start(lab.member("old"), Errand.of("build", steps));
            String id = lab.submit(old, "build", "server");
            inside.await();
            long firstFence = lastFence.get();
            Operations other = lab.start(lab.member("other"), Errand.of("build", steps));
            other.tick();
            lab.clock.forward(Duration.ofSeconds(5));
            other.tick();
            assertThat(other.statistics().takenOver()).isZero();
            lab.clock.forward(Duration.ofSeconds(1));
            OperationView view = lab.untilEnded(other, id);
            lab.hasEnded(view, OperationPhase.SUCCEEDED);
            assertThat(view.controller()).isEqualTo("other");
            assertThat(lastFence).hasValueGreaterThan(firstFence);
            goOn.countDown();
            Lab.until(() -> old.statistics().fencedOff() == 1);
            assertThat(lab.marks("server")).containsExactly("spawn", "build succeeded");
            old.tick();
            String next = lab.submit(old, "build", "server 2");
            lab.hasEnded(lab.untilEnded(old, next), OperationPhase.SUCCEEDED);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void operations_of_one_subject_keep_their_order_across_controllers(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            Errand gate = Errand.of("gate", List.of(Errand.step("hold", (state, context) -> {
                inside.countDown();
                goOn.await();
                return Errand.done("hold", state, context);
            })));
            Errand work = Errand.of("work", Errand.plain("a"));
            Operations one = lab.start(lab.member("one"), gate, work);
            Operations two = lab.start(lab.member("two"), gate, work);
            lab.submit(one, "gate", "server");
            inside.await();
            lab.submit(two, "work", "server");
            lab.submit(one, "gate", "server");
            String last = lab.submit(two, "work", "server");
            assertThat(two.find(last).orElseThrow().phase()).isEqualTo(OperationPhase.QUEUED);
            goOn.countDown();
            Lab.until(() -> two.find(last).orElseThrow().endedAt().isPresent());
            assertThat(lab.marks("server"))
                    .containsExactly(
                            "hold",
                            "gate succeeded",
                            "a",
                            "work succeeded",
                            "hold",
                            "gate succeeded",
                            "a",
                            "work succeeded");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_cancel_on_one_controller_stops_what_another_one_runs(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch inside = new CountDownLatch(1);
            Errand endless = Errand.of("build", List.of(Errand.step("wait", (state, context) -> {
                inside.countDown();
                new CountDownLatch(1).await();
                return Done.with(state);
            })));
            Operations one = lab.start(lab.member("one"), endless);
            Operations two = lab.start(lab.member("two"), endless);
            String id = lab.submit(one, "build", "server");
            inside.await();
            lab.database.change(transaction -> two.cancelRunning(transaction, "server", "deleted"));
            lab.clock.forward(Duration.ofSeconds(1));
            lab.hasEnded(lab.untilEnded(one, id), OperationPhase.CANCELLED);
            assertThat(lab.marks("server")).containsExactly("undo wait", "build cancelled");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_drained_controller_ends_its_steps_and_others_go_on_at_once(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            List<Step<Trail>> steps = List.of(
                    Errand.step("a", (state, context) -> {
                        inside.countDown();
                        goOn.await();
                        return Errand.done("a", state, context);
                    }),
                    Errand.step("b"));
            Operations one = lab.start(lab.member("one"), Errand.of("build", steps));
            Operations two = lab.start(lab.member("two"), Errand.of("build", steps));
            String id = lab.submit(one, "build", "server");
            inside.await();
            Thread drain = Thread.ofVirtual().start(() -> one.drain(Duration.ofSeconds(30)));
            goOn.countDown();
            drain.join();
            assertThat(lab.marks("server")).containsExactly("a");
            lab.clock.forward(Duration.ofSeconds(1));
            OperationView view = lab.untilEnded(two, id);
            lab.hasEnded(view, OperationPhase.SUCCEEDED);
            assertThat(lab.marks("server")).containsExactly("a", "b", "build succeeded");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void an_operation_of_a_kind_that_is_not_known_any_more_is_left_and_reported(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch inside = new CountDownLatch(1);
            Errand newKind = Errand.of("new_kind", List.of(Errand.step("wait", (state, context) -> {
                inside.countDown();
                new CountDownLatch(1).await();
                return Done.with(state);
            })));
            Operations newer = lab.start(lab.sole(), newKind);
            String id = lab.submit(newer, "new_kind", "server");
            inside.await();
            newer.abandon();
            Operations older = lab.start(lab.sole(), Errand.of("build", Errand.plain("a")));
            lab.hasEnded(lab.untilEnded(older, lab.submit(older, "build", "other")), OperationPhase.SUCCEEDED);
            assertThat(older.statistics().unknown()).isEqualTo(1);
            assertThat(older.list(OperationFilter.live(), 10, Optional.empty()))
                    .singleElement()
                    .satisfies(view -> {
                        assertThat(view.id()).isEqualTo(id);
                        assertThat(view.operation()).isEqualTo("new_kind");
                        assertThat(view.controller()).isEmpty();
                    });
            older.abandon();
            Operations again = lab.start(lab.sole(), Errand.of("new_kind", Errand.plain("wait")));
            lab.hasEnded(lab.untilEnded(again, id), OperationPhase.SUCCEEDED);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void an_older_controller_leaves_what_it_cannot_read_to_a_newer_one(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Errand longer = Errand.of("build", Errand.plain("a", "added"));
            Operations accepting = new Operations(lab.database, List.of(longer), lab.member("gone"), lab.clock);
            String further = lab.submit(accepting, "build", "further");
            String other = lab.submit(accepting, "build", "other");
            lab.database.change(transaction -> {
                transaction.sql().execute("UPDATE operations SET step = 1 WHERE id = ?", further);
                transaction.sql().execute("UPDATE operations SET state = '{\"done\": 5}' WHERE id = ?", other);
            });

            Operations older = lab.start(lab.member("older"), Errand.of("build", Errand.plain("a")));
            older.tick();
            List<String> owners = lab.database.read(
                    sql -> sql.fetch("SELECT DISTINCT owner FROM operations").map(row -> row.get(0, String.class)));
            assertThat(owners).containsExactly("");
            lab.clock.forward(Duration.ofSeconds(1));
            older.tick();
            lab.database.change(transaction ->
                    transaction.sql().execute("UPDATE operations SET state = '{\"done\": []}' WHERE id = ?", other));
            Operations newer = lab.start(lab.member("newer"), longer);

            lab.hasEnded(lab.untilEnded(newer, further), OperationPhase.SUCCEEDED);
            lab.hasEnded(lab.untilEnded(newer, other), OperationPhase.SUCCEEDED);
            assertThat(lab.marks("further")).containsExactly("added", "build succeeded");
            assertThat(older.statistics().stepsDone()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void neither_a_wrong_clock_nor_one_that_jumps_ends_a_lease_or_an_operation(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            List<Step<Trail>> steps = List.of(
                    Errand.step("spawn", (state, context) -> {
                        inside.countDown();
                        goOn.await();
                        return Errand.done("spawn", state, context);
                    }),
                    Errand.step("boot"));
            AtomicLong elapsed = new AtomicLong();
            Operations one = lab.start(lab.member("one", elapsed::get), Errand.of("build", steps));
            Operations two = lab.start(lab.member("two", elapsed::get), Errand.of("build", steps));
            String id = lab.submit(one, "build", "server");
            String queued = lab.submit(one, "build", "server");
            inside.await();
            for (int jump = 0; jump < 3; jump++) {
                two.tick();
                lab.clock.forward(Duration.ofHours(24));
                elapsed.addAndGet(2_500);
                one.tick();
                two.tick();
            }
            goOn.countDown();
            lab.hasEnded(lab.untilEnded(one, id), OperationPhase.SUCCEEDED);
            lab.hasEnded(lab.untilEnded(one, queued), OperationPhase.SUCCEEDED);
            assertThat(two.statistics().takenOver()).isZero();
            assertThat(lab.marks("server"))
                    .containsExactly("spawn", "boot", "build succeeded", "spawn", "boot", "build succeeded");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_is_taken_over_has_the_time_that_it_had_left_whatever_clocks_say(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            for (Duration jump : List.of(Duration.ofDays(2), Duration.ofDays(-2))) {
                AtomicLong elapsed = new AtomicLong();
                AtomicInteger begun = new AtomicInteger();
                List<Step<Trail>> steps = List.of(
                        Errand.step("a", (state, context) -> {
                            elapsed.addAndGet(Duration.ofSeconds(50).toMillis());
                            lab.clock.forward(jump);
                            return Errand.done("a", state, context);
                        }),
                        Step.named("b")
                                .within(Duration.ofHours(1))
                                .<Trail>runs((state, context) -> {
                                    begun.incrementAndGet();
                                    new CountDownLatch(1).await();
                                    return Done.with(state);
                                })
                                .undoneBy((state, context) -> Errand.undone("b", state, context)));
                Errand build = Errand.of("build", steps).within(Duration.ofMinutes(10));
                Duration lease = Duration.ofMinutes(1);
                Operations one = lab.start(lab.member("one", elapsed::get).withLease(lease), build);
                String subject = jump.toString();
                String id = lab.submit(one, "build", subject);
                Lab.until(() -> begun.get() == 1);
                kill(lab, one);
                lab.clock.forward(jump);
                Operations two = lab.start(lab.member("two", elapsed::get).withLease(lease), build);
                Lab.until(() -> begun.get() == 2);

                for (int half = 0;
                        half < 2 * 8;
                        half++) { // 10 minutes, less 50 s of the first step and the silence of a lease
                    assertThat(two.find(id).orElseThrow().phase()).isEqualTo(OperationPhase.RUNNING);
                    elapsed.addAndGet(Duration.ofSeconds(30).toMillis());
                    two.tick();
                }
                elapsed.addAndGet(Duration.ofSeconds(15).toMillis());
                OperationView view = lab.untilEnded(two, id);
                assertThat(view.failure().orElseThrow().code()).isEqualTo("DEADLINE_PASSED");
                assertThat(lab.marks(subject)).containsExactly("a", "undo b", "undo a", "build failed");
                two.abandon();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_is_being_undone_is_given_up_even_if_it_ends_all_that_undo_it(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            AtomicInteger begun = new AtomicInteger();
            Errand build = Errand.of(
                    "build",
                    List.of(
                            Errand.step("a").undoneBy((state, context) -> {
                                begun.incrementAndGet();
                                new CountDownLatch(1).await();
                                return Errand.undone("a", state, context);
                            }),
                            Errand.step("b", (state, context) -> {
                                throw OperationError.OPERATION_UNKNOWN.with("here");
                            })));
            OperationsOptions options =
                    lab.member("mortal").withLease(Duration.ofMinutes(1)).withCompensationLimit(Duration.ofMinutes(3));
            Operations first = lab.start(options, build);
            String id = lab.submit(first, "build", "server");
            Lab.until(() -> begun.get() == 1);
            kill(lab, first);
            for (int owner = 2; owner <= 3; owner++) {
                int number = owner;
                Operations next = lab.start(options, build);
                Lab.until(() -> begun.get() == number);
                kill(lab, next);
            }
            OperationView view = lab.untilEnded(lab.start(options, build), id);
            lab.hasEnded(view, OperationPhase.FAILED);
            assertThat(view.compensationFailure().orElseThrow()).contains("The step a could not be undone");
            assertThat(begun).hasValue(3);
            assertThat(lab.marks("server")).containsExactly("a", "undo b", "build failed");
        }
    }

    private static void kill(Lab lab, Operations controller) {
        controller.abandon();
        lab.database.change(transaction -> transaction.sql().execute("DELETE FROM controllers"));
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_controller_that_takes_much_over_keeps_its_lease(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            int orphans = 3_000;
            Errand build = Errand.of("build", Errand.plain("a"));
            Operations gone = new Operations(lab.database, List.of(build), lab.member("gone"), lab.clock);
            lab.database.change(transaction -> {
                for (int number = 0; number < orphans; number++) {
                    gone.submit(transaction, new Submission<>("build", Trail.EMPTY, "project", "s" + number, "req-1"));
                }
            });
            AtomicLong elapsed = new AtomicLong();
            OperationsOptions slow = OperationsOptions.cluster("slow")
                    .drivenBy(unending -> {}, new Random(1), () -> elapsed.addAndGet(4)); // it is slow
            Operations slowly = lab.start(slow, build);
            for (int tick = 0; tick < 20; tick++) {
                slowly.tick();
            }
            assertThat(slowly.statistics().takenOver()).isEqualTo(orphans);
            assertThat(lab.database.<Integer>read(sql -> sql.fetchSingle(
                                    "SELECT COUNT(*) FROM operations WHERE owner IN (SELECT id FROM controllers)")
                            .get(0, Integer.class)))
                    .isEqualTo(orphans);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void work_submitted_before_the_start_begins_with_it(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Operations operations =
                    new Operations(lab.database, List.of(Errand.of("build", Errand.plain("a"))), lab.sole(), lab.clock);
            String id = lab.submit(operations, "build", "server");
            operations.start();
            lab.hasEnded(lab.untilEnded(operations, id), OperationPhase.SUCCEEDED);
            operations.close();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_was_given_by_a_commit_whose_answer_was_lost_is_carried_out(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Errand build = Errand.of("build", Errand.plain("a"));
            Operations alive = lab.start(lab.sole(), build);
            Operations silent = new Operations(lab.database, List.of(build), lab.sole(), lab.clock);
            String id = lab.database.write(transaction -> {
                String submitted = silent.submit(
                        transaction, new Submission<>("build", Trail.EMPTY, "project", "server", "req-1"));
                transaction.sql().execute("UPDATE operations SET owner = (SELECT id FROM controllers)");
                return submitted;
            });

            Lab.until(() -> {
                lab.clock.forward(Duration.ofSeconds(1));
                alive.tick();
                return alive.find(id).orElseThrow().endedAt().isPresent();
            });

            assertThat(lab.marks("server")).containsExactly("a", "build succeeded");
        }
    }
}
