package io.kilonova.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PeriodicJobsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_job_runs_once_an_interval_however_many_controllers_there_are(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder);
                PeriodicJobs one = new PeriodicJobs(lab.database, "one", time(lab), Runnable::run);
                PeriodicJobs two = new PeriodicJobs(lab.database, "two", time(lab), Runnable::run)) {
            AtomicInteger runs = new AtomicInteger();
            one.add("sweep", Duration.ofMinutes(1), runs::incrementAndGet);
            two.add("sweep", Duration.ofMinutes(1), runs::incrementAndGet);
            for (int second = 0; second < 180; second++) {
                one.tick();
                two.tick();
                lab.clock.forward(Duration.ofSeconds(1));
            }
            assertThat(runs).hasValue(3);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_job_that_throws_comes_again_at_its_next_time(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder);
                PeriodicJobs jobs = new PeriodicJobs(lab.database, "one", time(lab), Runnable::run)) {
            AtomicInteger runs = new AtomicInteger();
            jobs.add("sweep", Duration.ofMinutes(1), () -> {
                runs.incrementAndGet();
                throw new IllegalStateException("no luck");
            });
            jobs.tick();
            lab.clock.forward(Duration.ofMinutes(1));
            jobs.tick();
            assertThat(runs).hasValue(2);
        }
    }

    @Test
    void a_job_for_which_there_is_no_memory_keeps_no_other_from_its_turn() {
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger attempts = new AtomicInteger();
        Executor narrow = task -> {
            if (attempts.incrementAndGet() == 1) {
                throw new OutOfMemoryError("a test");
            }
            task.run();
        };
        try (Lab lab = new Lab(EachDatabase.SQLITE, folder);
                PeriodicJobs jobs = new PeriodicJobs(lab.database, "one", time(lab), narrow)) {
            jobs.add("sweep", Duration.ofMinutes(1), runs::incrementAndGet);
            jobs.add("look", Duration.ofMinutes(1), runs::incrementAndGet);
            jobs.tick();
            assertThat(runs).hasValue(1);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_job_whose_holder_died_goes_on_elsewhere_when_its_lease_is_over(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder);
                PeriodicJobs dead = new PeriodicJobs(lab.database, "dead", time(lab), neverRun -> {});
                PeriodicJobs alive = new PeriodicJobs(lab.database, "alive", time(lab), Runnable::run)) {
            AtomicInteger runs = new AtomicInteger();
            dead.add("sweep", Duration.ofSeconds(10), runs::incrementAndGet);
            alive.add("sweep", Duration.ofSeconds(10), runs::incrementAndGet);
            dead.tick();
            for (int second = 0; second < 59; second++) {
                alive.tick();
                lab.clock.forward(Duration.ofSeconds(1));
            }
            assertThat(runs).hasValue(0);
            lab.clock.forward(Duration.ofSeconds(1));
            alive.tick();
            assertThat(runs).hasValue(1);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_clock_that_is_wrong_or_jumps_neither_stops_a_job_nor_has_it_run_more_often(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder)) {
            AtomicLong elapsed = new AtomicLong();
            ManualClock ahead = new ManualClock();
            ahead.forward(Duration.ofHours(5));
            AtomicInteger runs = new AtomicInteger();
            PeriodicJobs wrong = new PeriodicJobs(lab.database, "wrong", new Time(ahead, elapsed::get), Runnable::run);
            PeriodicJobs right =
                    new PeriodicJobs(lab.database, "right", new Time(lab.clock, elapsed::get), Runnable::run);
            wrong.add("sweep", Duration.ofMinutes(1), runs::incrementAndGet);
            right.add("sweep", Duration.ofMinutes(1), runs::incrementAndGet);
            wrong.tick();
            right.tick();
            assertThat(runs).hasValue(1);
            wrong.close(); // and what it wrote lies five hours ahead

            for (int second = 0; second < 180; second++) {
                elapsed.addAndGet(1_000);
                lab.clock.forward(Duration.ofHours(second % 2 == 0 ? 2 : -2));
                right.tick();
            }
            assertThat(runs).hasValue(4);
            right.close();
        }
    }

    private static Time time(Lab lab) {
        return new Time(lab.clock, lab.clock::millis);
    }
}
