package io.kilonova.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Many clouds, each from a seed. One that fails says so with its seed; to see what happened there, run
 * {@code mvn -pl tests/simulation -am test -Dtest=SimulationTest -Dsimulation.seed=SEED}.
 */
class SimulationTest {
    private static final long FIRST = Long.getLong("simulation.first", 1);
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 1_000);

    @Test
    void whatever_breaks_everything_accepted_ends_and_nothing_is_left_over() {
        Long only = Long.getLong("simulation.seed");
        if (only != null) {
            replay(only);
            return;
        }
        List<Simulation.Verdict> verdicts = LongStream.range(FIRST, FIRST + SEEDS)
                .parallel()
                .mapToObj(seed -> Simulation.run(seed, Bug.NONE, false))
                .toList();
        assertThat(verdicts.stream()
                        .filter(verdict -> !verdict.wrong().isEmpty())
                        .map(SimulationTest::shown))
                .isEmpty();
    }

    private static void replay(long seed) {
        Simulation.Verdict verdict = Simulation.run(seed, Bug.NONE, true);
        verdict.trace().forEach(System.out::println);
        assertThat(verdict.wrong()).as(shown(verdict)).isEmpty();
    }

    private static String shown(Simulation.Verdict verdict) {
        List<String> lines = new ArrayList<>();
        lines.add("seed %d, to be replayed with -Dsimulation.seed=%1$d:".formatted(verdict.seed()));
        lines.addAll(verdict.wrong());
        return String.join("\n    ", lines);
    }

    @Test
    void a_seed_means_the_same_each_time() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(Simulation.run(seed, Bug.NONE, false).hash())
                    .as("seed %d", seed)
                    .isEqualTo(Simulation.run(seed, Bug.NONE, false).hash());
        }
    }

    @Test
    void a_seed_means_the_same_in_another_process() throws IOException, InterruptedException {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OneSeed.class.getName(),
                        "6")
                .redirectErrorStream(true)
                .start();
        try {
            List<String> said = other.inputReader().readAllLines();
            assertThat(other.waitFor()).as(String.join("\n", said)).isZero();
            assertThat(said.getLast())
                    .isEqualTo(String.valueOf(Simulation.run(6, Bug.NONE, false).hash()));
        } finally {
            other.destroyForcibly();
        }
    }
}
