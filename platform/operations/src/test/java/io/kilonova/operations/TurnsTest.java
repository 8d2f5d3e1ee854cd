package io.kilonova.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who gets the next thread, and the next place of what only some may have at once. */
class TurnsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void projects_take_turns_though_one_of_them_asks_for_a_thousand_times_as_much(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            List<String> order = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            Errand gate = Errand.of("gate", List.of(Errand.step("hold", (state, context) -> {
                held.countDown();
                goOn.await();
                return Done.with(state);
            })));
            Errand work = Errand.of("work", List.of(Errand.step("a", (state, context) -> {
                order.add(context.project());
                return Done.with(state);
            })));
            Operations operations = lab.start(lab.sole().withConcurrency(1), gate, work);
            lab.submit(operations, "gate", "gate");
            held.await();
            lab.database.change(transaction -> {
                for (int i = 0; i < 1_000; i++) {
                    operations.submit(
                            transaction,
                            new Submission<>("work", Trail.EMPTY, "greedy", "greedy %d".formatted(i), "req-1"));
                }
            });
            lab.submit(operations, "work", "modest", "modest 1");
            String last = lab.submit(operations, "work", "modest", "modest 2");
            goOn.countDown();
            lab.untilEnded(operations, last);
            assertThat(List.copyOf(order).subList(0, 4)).containsExactly("greedy", "modest", "greedy", "modest");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void while_people_wait_for_the_processors_operations_begin_one_after_the_other_and_all_begin(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            AtomicBoolean crowded = new AtomicBoolean(true);
            Operations operations =
                    lab.start(lab.sole().givingWayWhile(crowded::get), Errand.of("build", Errand.plain("a")));
            String first = lab.submit(operations, "build", "first");
            String second = lab.submit(operations, "build", "second");
            String third = lab.submit(operations, "build", "third");
            lab.untilEnded(operations, first);
            operations.tick();
            assertThat(lab.marks("second")).isEmpty();
            lab.clock.forward(Duration.ofMillis(Turns.CROWDED_PAUSE_MILLIS));
            lab.untilEnded(operations, second);
            operations.tick();
            assertThat(lab.marks("third")).isEmpty();
            crowded.set(false);
            lab.untilEnded(operations, third);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_slot_without_a_free_place_is_waited_for_in_turn_and_holds_up_nothing_else(EachDatabase kind)
            throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch held = new CountDownLatch(2);
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger atOnce = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            Errand migrate = Errand.of(
                    "migrate",
                    List.of(Errand.step("move", (state, context) -> {
                                most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                                held.countDown();
                                goOn.await();
                                atOnce.decrementAndGet();
                                return Done.with(state);
                            })
                            .holding(state -> new Slot("migrations from node-1", 2))));
            Operations one = lab.start(lab.member("one"), migrate, Errand.of("build", Errand.plain("a")));
            Operations two = lab.start(lab.member("two"), migrate);
            List<String> ids = new ArrayList<>();
            ids.add(lab.submit(one, "migrate", "server 0"));
            ids.add(lab.submit(two, "migrate", "server 1"));
            held.await();
            for (int i = 2; i < 12; i++) {
                ids.add(lab.submit(i % 2 == 0 ? one : two, "migrate", "server %d".formatted(i)));
            }
            lab.hasEnded(lab.untilEnded(one, lab.submit(one, "build", "other")), OperationPhase.SUCCEEDED);
            Lab.until(() -> one.statistics().ready() == 5);
            assertThat(one.find(ids.get(2)).orElseThrow().progress())
                    .isEqualTo("Waits for its place: at most 2 migrations from node-1 at once.");
            assertThat(lab.measures())
                    .contains("kilonova_operations_in_line{slot=\"migrations from node-1\"} 5.0")
                    .contains("kilonova_operations{state=\"ready\"} 5.0")
                    .contains(
                            "kilonova_operation_step_seconds_count{operation=\"build\",outcome=\"done\",step=\"a\"} 1")
                    .contains("kilonova_operation_seconds_count{operation=\"build\",outcome=\"succeeded\"} 1");
            goOn.countDown();
            for (String id : ids) {
                lab.clock.forward(Duration.ofSeconds(1));
                two.tick();
                lab.hasEnded(lab.untilEnded(one, id), OperationPhase.SUCCEEDED);
            }
            assertThat(most).hasValue(2);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void an_operation_that_waits_for_a_slot_can_be_cancelled_and_ends_at_its_deadline(EachDatabase kind)
            throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            CountDownLatch held = new CountDownLatch(1);
            Errand build = Errand.of(
                            "build",
                            List.of(Errand.step("spawn", (state, context) -> {
                                        held.countDown();
                                        new CountDownLatch(1).await();
                                        return Done.with(state);
                                    })
                                    .holding(state -> new Slot("builds on node-1", 1))))
                    .within(Duration.ofSeconds(30));
            Operations operations = lab.start(lab.sole(), build);
            lab.submit(operations, "build", "first");
            held.await();
            String cancelled = lab.submit(operations, "build", "second");
            String late = lab.submit(operations, "build", "third");
            Lab.until(() -> operations.statistics().ready() == 2);
            lab.database.change(transaction -> operations.cancelRunning(transaction, "second", "enough"));
            lab.hasEnded(lab.untilEnded(operations, cancelled), OperationPhase.CANCELLED);
            lab.clock.forward(Duration.ofSeconds(31));
            lab.hasEnded(lab.untilEnded(operations, late), OperationPhase.FAILED);
            assertThat(lab.marks("third")).containsExactly("build failed");
        }
    }
}
