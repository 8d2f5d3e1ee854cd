package io.kilonova.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.operations.Operations;
import io.kilonova.storage.Database;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which operations count as late, while clocks jump. */
class LateOperationsTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @TempDir
    private Path folder;

    private final AtomicLong wall = new AtomicLong(1);
    private final AtomicLong elapsed = new AtomicLong();

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void no_clock_that_jumps_makes_an_operation_late_or_hides_that_it_is(EachDatabase kind) {
        try (Database database = Database.open(kind.fresh(folder), List.of(Operations.MIGRATIONS))) {
            database.change(transaction -> transaction.sql().execute(PlantedBreach.operation("an-hour", HOUR)));
            LateOperations inspection =
                    new LateOperations(database, () -> Instant.ofEpochMilli(wall.get()), elapsed::get);
            assertThat(late(inspection)).isEmpty();

            wall.addAndGet(48 * HOUR);
            assertThat(late(inspection)).isEmpty();

            wall.addAndGet(-72 * HOUR);
            elapsed.addAndGet(HOUR);
            assertThat(late(inspection)).as("seen to be late within seconds").isEmpty();
            elapsed.addAndGet(HOUR / 10);
            assertThat(late(inspection)).containsExactly("an-hour");

            database.change(transaction -> transaction
                    .sql()
                    .execute("UPDATE operations SET step = 1, step_since = " + wall.get() + ", deadline_at = "
                            + (wall.get() + HOUR)));
            assertThat(late(inspection)).as("it went on, and has more time").isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void one_that_is_met_late_is_late_at_once(EachDatabase kind) {
        try (Database database = Database.open(kind.fresh(folder), List.of(Operations.MIGRATIONS))) {
            database.change(transaction -> transaction.sql().execute(PlantedBreach.operation("an-hour", HOUR)));
            wall.addAndGet(2 * HOUR);
            assertThat(late(new LateOperations(database, () -> Instant.ofEpochMilli(wall.get()), elapsed::get)))
                    .containsExactly("an-hour");
        }
    }

    private static List<String> late(LateOperations inspection) {
        List<String> subjects = new ArrayList<>();
        Optional<String> last = Optional.of("");
        while (last.isPresent()) {
            last = inspection.inspect(last.get(), (subject, detail) -> subjects.add(subject));
        }
        return subjects;
    }
}
