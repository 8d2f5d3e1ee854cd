package io.kilonova.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Something ends at every step of every operation, forward and back: which steps there are, the program says. */
class CrashesTest {
    private static final long SEED = 1;

    private static Map<Scenario, Simulation.Verdict> undisturbed = Map.of();

    @BeforeAll
    static void runUndisturbed() {
        undisturbed = Scenario.ALL.parallelStream()
                .collect(Collectors.toMap(Function.identity(), scenario -> run(scenario, Bug.NONE)));
    }

    private static Simulation.Verdict run(Scenario scenario, Bug bug) {
        return Simulation.run(SEED, scenario, bug, false);
    }

    @Test
    void every_step_of_every_operation_is_gone_through_there_and_back() {
        undisturbed.forEach((scenario, verdict) ->
                assertThat(verdict.wrong()).as(scenario.name()).isEmpty());
        Set<String> reached = undisturbed.values().stream()
                .flatMap(verdict -> verdict.places().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        undisturbed.values().forEach(verdict -> assertThat(reached).containsAll(verdict.known()));
        assertThat(reached).as("what is done between operations").contains("on the way for between operations");
    }

    @ParameterizedTest
    @EnumSource
    void whatever_ends_at_a_step_everything_accepted_ends_and_nothing_is_left_over(Blow.Kind kind) {
        List<Scenario> struck = undisturbed.entrySet().stream()
                .flatMap(entry -> entry.getValue().places().stream()
                        .filter(kind::strikesAt)
                        .map(place -> entry.getKey().struckBy(new Blow(kind, place))))
                .toList();
        assertThat(struck).isNotEmpty();
        assertThat(struck.parallelStream().flatMap(CrashesTest::findings)).isEmpty();
    }

    private static Stream<String> findings(Scenario scenario) {
        Simulation.Verdict verdict = run(scenario, Bug.NONE);
        Blow blow = scenario.blow().orElseThrow();
        Stream<String> missed =
                verdict.struckAt().contains(blow.place()) ? Stream.of() : Stream.of("the place was not reached");
        return Stream.concat(verdict.wrong().stream(), missed)
                .map(finding -> "%s, %s %s: %s".formatted(scenario.name(), blow.kind(), blow.place(), finding));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_bug_that_is_put_in_on_purpose_is_found(Bug bug) {
        Scenario scenario = bug.scenario();
        assertThat(run(scenario, Bug.NONE).wrong()).isEmpty();
        assertThat(run(scenario, bug).wrong()).as(bug.name()).isNotEmpty();
        assertThat(bug.isPlanted()).as("%s is in the program", bug).isTrue();
    }
}
