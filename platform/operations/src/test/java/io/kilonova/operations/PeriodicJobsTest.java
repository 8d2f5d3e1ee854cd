package io.kilonova.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
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
                PeriodicJobs one = new PeriodicJobs(lab.database, "one", lab.clock, Runnable::run);
                PeriodicJobs two = new PeriodicJobs(lab.database, "two", lab.clock, Runnable::run)) {
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
                PeriodicJobs jobs = new PeriodicJobs(lab.database, "one", lab.clock, Runnable::run)) {
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

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_job_whose_holder_died_goes_on_elsewhere_when_its_lease_is_over(EachDatabase kind) {
        try (Lab lab = new Lab(kind, folder);
                PeriodicJobs dead = new PeriodicJobs(lab.database, "dead", lab.clock, neverRun -> {});
                PeriodicJobs alive = new PeriodicJobs(lab.database, "alive", lab.clock, Runnable::run)) {
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
}
