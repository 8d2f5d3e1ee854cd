package io.kilonova.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kilonova.errors.ServiceException;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OperationsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void an_operation_runs_its_steps_in_order_and_ends_once(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Operations operations = lab.start(lab.sole(), Errand.of("build", Errand.plain("a", "b", "c")));
            String id = lab.submit(operations, "build", "server");
            OperationView view = lab.untilEnded(operations, id);
            lab.hasEnded(view, OperationPhase.SUCCEEDED);
            assertThat(lab.marks("server")).containsExactly("a", "b", "c", "build succeeded");
            assertThat(view.failure()).isEmpty();
            assertThat(operations.list(OperationFilter.live(), 10, Optional.empty()))
                    .isEmpty();
            Lab.until(() -> operations.statistics().succeeded() == 1); // counted after its end is seen
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_was_rolled_back_was_never_submitted(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Operations operations = lab.start(lab.sole(), Errand.of("build", Errand.plain("a")));
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> lab.database.change(transaction -> {
                        operations.submit(transaction, new Submission<>("build", Trail.EMPTY, "p", "server", "req-1"));
                        throw new IllegalStateException("refused after all");
                    }));
            assertThat(operations.list(OperationFilter.live(), 10, Optional.empty()))
                    .isEmpty();
            assertThat(lab.marks("server")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_failed_step_has_itself_and_all_before_it_undone_last_first(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            List<Step<Trail>> steps = new ArrayList<>(Errand.plain("a", "b"));
            steps.add(
                    Step.named("free").within(Duration.ofSeconds(5)).<Trail>runs((state, context) -> Done.with(state)));
            steps.add(Errand.step("c", (state, context) -> {
                throw OperationError.OPERATION_UNKNOWN.with("of this host");
            }));
            Operations operations = lab.start(lab.sole(), Errand.of("build", steps));
            OperationView view = lab.untilEnded(operations, lab.submit(operations, "build", "server"));
            lab.hasEnded(view, OperationPhase.FAILED);
            assertThat(lab.marks("server")).containsExactly("a", "b", "undo c", "undo b", "undo a", "build failed");
            assertThat(view.failure().orElseThrow())
                    .isEqualTo(new Failure(
                            "OPERATION_UNKNOWN", 500, "This program has no operation named of this host.", "c"));
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_step_that_fails_unexpectedly_is_told_without_its_inner_cause(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Operations operations =
                    lab.start(lab.sole(), Errand.of("build", List.of(Errand.step("a", (state, context) -> {
                        throw new IllegalStateException("password=secret");
                    }))));
            OperationView view = lab.untilEnded(operations, lab.submit(operations, "build", "server"));
            lab.hasEnded(view, OperationPhase.FAILED);
            assertThat(view.failure().orElseThrow().sentence()).isEqualTo("The step a failed unexpectedly.");
            assertThat(view.toString()).doesNotContain("secret");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_compensation_that_fails_is_tried_again_and_is_given_up_at_its_bound_with_both_reasons(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            AtomicInteger tries = new AtomicInteger();
            Step<Trail> stubborn = Errand.step("a").undoneBy((state, context) -> {
                tries.incrementAndGet();
                throw OperationError.OPERATION_UNKNOWN.with("to undo");
            });
            Step<Trail> refused = Errand.step("c", (state, context) -> {
                throw OperationError.OPERATION_UNKNOWN.with("to run");
            });
            Operations operations = lab.start(
                    lab.sole().withCompensationLimit(Duration.ofMinutes(3)),
                    Errand.of("build", List.of(Errand.step("z"), stubborn, refused)));
            String id = lab.submit(operations, "build", "server");
            Lab.until(() -> {
                lab.clock.forward(Duration.ofSeconds(1));
                operations.tick();
                return operations.find(id).orElseThrow().endedAt().isPresent();
            });
            OperationView view = operations.find(id).orElseThrow();
            lab.hasEnded(view, OperationPhase.FAILED);
            assertThat(tries).hasValueBetween(3, 10);
            assertThat(view.failure().orElseThrow().sentence()).contains("to run");
            assertThat(view.compensationFailure().orElseThrow())
                    .contains("step a")
                    .contains("to undo");
            assertThat(lab.marks("server")).containsExactly("z", "a", "undo c", "undo z", "build failed");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_compensation_that_works_the_second_time_leaves_nothing_to_tell(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            AtomicInteger tries = new AtomicInteger();
            Step<Trail> shaky = Errand.step("a").undoneBy((state, context) -> {
                if (tries.incrementAndGet() == 1) {
                    throw new IllegalStateException("not now");
                }
                return Errand.undone("a", state, context);
            });
            Step<Trail> refused = Errand.step("b", (state, context) -> {
                throw OperationError.OPERATION_UNKNOWN.with("to run");
            });
            Operations operations = lab.start(lab.sole(), Errand.of("build", List.of(shaky, refused)));
            String id = lab.submit(operations, "build", "server");
            Lab.until(() -> {
                lab.clock.forward(Duration.ofMillis(100));
                operations.tick();
                return operations.find(id).orElseThrow().endedAt().isPresent();
            });
            assertThat(operations.find(id).orElseThrow().compensationFailure()).isEmpty();
            assertThat(lab.marks("server")).containsExactly("a", "undo b", "undo a", "build failed");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_delete_cancels_what_runs_and_begins_when_that_has_undone_itself(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch blocked = new CountDownLatch(1);
            List<Step<Trail>> steps = List.of(Errand.step("a"), Errand.step("spawn", (state, context) -> {
                blocked.countDown();
                new CountDownLatch(1).await();
                return Done.with(state);
            }));
            Operations operations =
                    lab.start(lab.sole(), Errand.of("build", steps), Errand.of("delete", Errand.plain("remove")));
            String build = lab.submit(operations, "build", "server");
            blocked.await();
            String delete = lab.database.write(transaction -> {
                operations.cancelRunning(transaction, "server", "the server is deleted");
                return operations.submit(
                        transaction, new Submission<>("delete", Trail.EMPTY, "project", "server", "req-2"));
            });
            lab.hasEnded(lab.untilEnded(operations, delete), OperationPhase.SUCCEEDED);
            OperationView cancelled = operations.find(build).orElseThrow();
            lab.hasEnded(cancelled, OperationPhase.CANCELLED);
            assertThat(cancelled.cancelReason()).contains("the server is deleted");
            assertThat(lab.marks("server"))
                    .containsExactly("a", "undo spawn", "undo a", "build cancelled", "remove", "delete succeeded");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_step_that_does_not_mind_the_interrupt_is_not_committed_after_a_cancel(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            List<Step<Trail>> steps = List.of(Errand.step("deaf", (state, context) -> {
                inside.countDown();
                boolean interrupted = false;
                while (goOn.getCount() > 0) {
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                assertThat(interrupted).isTrue();
                return Errand.done("deaf", state, context);
            }));
            Operations operations = lab.start(lab.sole(), Errand.of("build", steps));
            String id = lab.submit(operations, "build", "server");
            inside.await();
            lab.database.change(transaction -> operations.cancelRunning(transaction, "server", "enough"));
            goOn.countDown();
            lab.hasEnded(lab.untilEnded(operations, id), OperationPhase.CANCELLED);
            assertThat(lab.marks("server")).containsExactly("undo deaf", "build cancelled");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_deadline_that_passes_ends_the_step_and_has_it_undone(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch blocked = new CountDownLatch(1);
            Step<Trail> endless = Step.named("endless")
                    .within(Duration.ofHours(1))
                    .<Trail>runs((state, context) -> {
                        blocked.countDown();
                        new CountDownLatch(1).await();
                        return Done.with(state);
                    })
                    .undoneBy((state, context) -> Errand.undone("endless", state, context));
            Operations operations =
                    lab.start(lab.sole(), Errand.of("build", List.of(endless)).within(Duration.ofMinutes(5)));
            String id = lab.submit(operations, "build", "server");
            blocked.await();
            lab.clock.forward(Duration.ofMinutes(4));
            operations.tick();
            assertThat(operations.find(id).orElseThrow().phase()).isEqualTo(OperationPhase.RUNNING);
            lab.clock.forward(Duration.ofMinutes(1));
            OperationView view = lab.untilEnded(operations, id);
            lab.hasEnded(view, OperationPhase.FAILED);
            assertThat(view.failure().orElseThrow().sentence())
                    .isEqualTo("The operation did not end within its 300 seconds.");
            assertThat(lab.marks("server")).containsExactly("undo endless", "build failed");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_step_that_takes_longer_than_its_limit_is_interrupted(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch blocked = new CountDownLatch(1);
            Operations operations =
                    lab.start(lab.sole(), Errand.of("build", List.of(Errand.step("slow", (state, context) -> {
                        blocked.countDown();
                        new CountDownLatch(1).await();
                        return Done.with(state);
                    }))));
            String id = lab.submit(operations, "build", "server");
            blocked.await();
            lab.clock.forward(Duration.ofSeconds(61));
            OperationView view = lab.untilEnded(operations, id);
            assertThat(view.failure().orElseThrow().code()).isEqualTo("STEP_TIMED_OUT");
            assertThat(lab.marks("server")).containsExactly("undo slow", "build failed");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void an_operation_that_queues_behind_another_fails_at_its_deadline_without_a_step(EachDatabase kind)
            throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch blocked = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            Errand longOne = Errand.of(
                            "long",
                            List.of(Step.named("wait")
                                    .within(Duration.ofHours(2))
                                    .<Trail>runs((state, context) -> {
                                        blocked.countDown();
                                        goOn.await();
                                        return Errand.done("wait", state, context);
                                    })))
                    .within(Duration.ofHours(2));
            Operations operations = lab.start(
                    lab.sole(), longOne, Errand.of("short", Errand.plain("a")).within(Duration.ofMinutes(1)));
            String first = lab.submit(operations, "long", "server");
            blocked.await();
            String second = lab.submit(operations, "short", "server");
            String third = lab.submit(operations, "long", "server");
            assertThat(operations.find(second).orElseThrow().phase()).isEqualTo(OperationPhase.QUEUED);
            operations.tick();
            lab.clock.forward(Duration.ofMinutes(2));
            OperationView late = lab.untilEnded(operations, second);
            assertThat(late.failure().orElseThrow().code()).isEqualTo("DEADLINE_PASSED");
            assertThat(operations.find(first).orElseThrow().phase()).isEqualTo(OperationPhase.RUNNING);
            goOn.countDown();
            lab.hasEnded(lab.untilEnded(operations, third), OperationPhase.SUCCEEDED);
            assertThat(lab.marks("server"))
                    .containsExactly("short failed", "wait", "long succeeded", "wait", "long succeeded");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_conflict_has_the_step_run_again_and_too_many_of_them_fail_it(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            AtomicInteger runs = new AtomicInteger();
            Step<Trail> third = Errand.step("third time", (state, context) -> {
                int run = runs.incrementAndGet();
                return Done.with(state.and("third time"), transaction -> {
                    Errand.mark(transaction, context.subject(), "run " + run);
                    if (run < 3) {
                        throw new StepConflict("generation");
                    }
                });
            });
            Step<Trail> never = Errand.step(
                    "never",
                    (state, context) -> Done.with(state, transaction -> {
                        throw new StepConflict("generation");
                    }));
            Operations operations =
                    lab.start(lab.sole(), Errand.of("good", List.of(third)), Errand.of("bad", List.of(never)));
            lab.hasEnded(lab.untilEnded(operations, lab.submit(operations, "good", "one")), OperationPhase.SUCCEEDED);
            assertThat(lab.marks("one")).containsExactly("run 3", "good succeeded");
            OperationView bad = lab.untilEnded(operations, lab.submit(operations, "bad", "two"));
            assertThat(bad.failure().orElseThrow().code()).isEqualTo("STEP_CONFLICTS");
            assertThat(operations.statistics().conflicts()).isEqualTo(2 + 11);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_step_that_waits_holds_no_thread_and_tells_why(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            AtomicInteger polls = new AtomicInteger();
            Step<Trail> patient = Errand.step(
                    "patient",
                    (state, context) -> polls.incrementAndGet() < 4
                            ? Done.waitFor(Duration.ofSeconds(10), "the image is being written")
                            : Errand.done("patient", state, context));
            Operations operations = lab.start(
                    lab.sole().withConcurrency(1),
                    Errand.of("slow", List.of(patient)),
                    Errand.of("quick", Errand.plain("a")));
            String slow = lab.submit(operations, "slow", "one");
            lab.hasEnded(lab.untilEnded(operations, lab.submit(operations, "quick", "two")), OperationPhase.SUCCEEDED);
            Lab.until(() -> operations.statistics().waiting() == 1);
            OperationView view = operations.find(slow).orElseThrow();
            assertThat(view.progress()).isEqualTo("the image is being written");
            assertThat(view.resumesAt()).contains(lab.clock.instant().plusSeconds(10));
            Lab.until(() -> {
                lab.clock.forward(Duration.ofSeconds(1));
                operations.tick();
                return operations.find(slow).orElseThrow().endedAt().isPresent();
            });
            assertThat(polls).hasValue(4);
            assertThat(lab.marks("one")).containsExactly("patient", "slow succeeded");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void lists_are_paged_by_acceptance_and_the_marker_may_have_ended_meanwhile(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Operations operations = lab.start(lab.sole(), Errand.of("build", Errand.plain("a")));
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                lab.clock.forward(Duration.ofMillis(1));
                ids.add(lab.submit(operations, "build", "server %d".formatted(i)));
            }
            ids.forEach(id -> lab.untilEnded(operations, id));
            List<String> seen = new ArrayList<>();
            Optional<String> marker = Optional.empty();
            do {
                List<OperationView> page = operations.list(OperationFilter.history(), 2, marker);
                page.forEach(view -> seen.add(view.id()));
                marker = page.isEmpty()
                        ? Optional.empty()
                        : Optional.of(page.getLast().id());
            } while (marker.isPresent());
            assertThat(seen).isEqualTo(ids.reversed());
            assertThat(operations.list(OperationFilter.history().of("server 3"), 10, Optional.empty()))
                    .extracting(OperationView::id)
                    .containsExactly(ids.get(3));
            assertThatExceptionOfType(ServiceException.class)
                    .isThrownBy(() -> operations.list(OperationFilter.live(), 10, Optional.of("absent")))
                    .satisfies(failure -> assertThat(failure.code()).isEqualTo(OperationError.MARKER_NOT_FOUND));
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_has_ended_is_forgotten_by_age_and_by_count(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Operations operations =
                    lab.start(lab.sole().withRetention(Duration.ofHours(1), 3), Errand.of("build", Errand.plain("a")));
            for (int i = 0; i < 6; i++) {
                lab.clock.forward(Duration.ofSeconds(1));
                lab.untilEnded(operations, lab.submit(operations, "build", "server %d".formatted(i)));
            }
            lab.clock.forward(Duration.ofMinutes(2));
            operations.tick();
            assertThat(operations.list(OperationFilter.history(), 10, Optional.empty()))
                    .extracting(OperationView::subject)
                    .containsExactly("server 5", "server 4", "server 3");
            lab.clock.forward(Duration.ofHours(2));
            operations.tick();
            assertThat(operations.list(OperationFilter.history(), 10, Optional.empty()))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_submission_of_an_unknown_kind_is_refused(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Operations operations = lab.start(lab.sole(), Errand.of("build", Errand.plain("a")));
            assertThatExceptionOfType(ServiceException.class)
                    .isThrownBy(() -> lab.submit(operations, "absent", "server"))
                    .satisfies(failure -> assertThat(failure.code()).isEqualTo(OperationError.OPERATION_UNKNOWN));
        }
    }
}
