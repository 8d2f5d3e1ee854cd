package io.kilonova.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kilonova.storage.EachDatabase;
import io.kilonova.telemetry.Metrics;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an operator is told of an operation that does not go on. */
class WhyItWaitsTest {
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final Errand gate = Errand.of("gate", List.of(Errand.step("hold", (state, context) -> {
        held.countDown();
        goOn.await();
        return Done.with(state);
    })));
    private final Errand work = Errand.of("work", Errand.plain("a"));

    @TempDir
    Path folder;

    private static String told(Operations operations, String id) {
        return operations.find(id).orElseThrow().progress();
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void one_of_a_busy_subject_names_the_operation_that_it_waits_for(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            Operations operations = lab.start(lab.sole(), gate, work);
            String first = lab.submit(operations, "gate", "server");
            held.await();
            String second = lab.submit(operations, "work", "server");
            String third = lab.submit(operations, "work", "server");
            String expected = "Waits for an earlier operation of the same subject: gate %s.".formatted(first);
            assertThat(told(operations, second)).isEqualTo(expected);
            assertThat(operations.list(OperationFilter.live(), 10, Optional.empty()))
                    .filteredOn(view -> !view.id().equals(first))
                    .extracting(OperationView::id, OperationView::progress)
                    .containsExactlyInAnyOrder(tuple(second, expected), tuple(third, expected));
            goOn.countDown();
            lab.hasEnded(lab.untilEnded(operations, third), OperationPhase.SUCCEEDED);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void one_without_a_free_thread_says_so(EachDatabase kind) throws Exception {
        try (Lab lab = new Lab(kind, folder)) {
            Operations operations = lab.start(lab.sole().withConcurrency(1), gate, work);
            String first = lab.submit(operations, "gate", "first");
            held.await();
            String second = lab.submit(operations, "work", "second");
            assertThat(told(operations, second))
                    .isEqualTo("Waits for a free thread: this controller has 1, and all are taken.");
            assertThat(told(operations, first)).isEmpty();
            goOn.countDown();
            lab.hasEnded(lab.untilEnded(operations, second), OperationPhase.SUCCEEDED);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void one_that_lets_requests_go_first_says_so(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Operations operations = lab.start(lab.sole().givingWayWhile(() -> true), work);
            lab.untilEnded(operations, lab.submit(operations, "work", "first"));
            String second = lab.submit(operations, "work", "second");
            assertThat(told(operations, second))
                    .isEqualTo("Waits because requests go first: one operation begins every 20 ms.");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void one_without_an_owner_says_that_it_is_taken_over(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            Operations stopped =
                    new Operations(lab.database, List.of(work), lab.sole(), lab.clock, new Metrics(), place -> {});
            assertThat(told(stopped, lab.submit(stopped, "work", "server")))
                    .isEqualTo("Nobody carries it out just now; a controller takes it over within seconds.");
        }
    }
}
