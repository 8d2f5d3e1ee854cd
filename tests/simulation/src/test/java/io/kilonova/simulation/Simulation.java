package io.kilonova.simulation;

import io.kilonova.errors.ServiceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One run from a seed: a cloud starts, a story unfolds, then all is well again and everything that was accepted has to end, and
 * what must hold has to hold.
 */
final class Simulation {
    private final World world;
    private final Trace trace;
    private final Stage stage;

    /**
     * What came of a run.
     *
     * @param seed what it came from
     * @param hash the same for every run from the seed
     * @param events how many effects there were
     * @param wrong what must not be, as sentences; empty is what has to be
     * @param answers how often each action of a user was answered how
     * @param places the steps that ran
     * @param known all steps that there are
     * @param struckAt the steps at which something ended
     * @param trace what happened, when it was kept
     */
    record Verdict(
            long seed,
            long hash,
            long events,
            List<String> wrong,
            Map<String, Integer> answers,
            Set<String> places,
            Set<String> known,
            Set<String> struckAt,
            List<String> trace) {}

    private Simulation(Trace trace, SimulatedCloud cloud) {
        this.world = cloud.world();
        this.trace = trace;
        this.stage = new Stage(cloud);
    }

    /** Runs a seed on which everything is left to chance, with {@code bug} in the program, and keeps what happened if {@code keeps}. */
    static Verdict run(long seed, Bug bug, boolean keeps) {
        return run(seed, new Turmoil(), bug, keeps);
    }

    /** Runs a story. */
    static Verdict run(long seed, Story story, Bug bug, boolean keeps) {
        Entropy.install();
        Trace trace = new Trace(keeps);
        World world = new World(seed, trace);
        List<Verdict> verdict = new ArrayList<>();
        try (Connection connection = Template.copy()) {
            world.play(() -> {
                SimulatedCloud cloud = new SimulatedCloud(world, bug, connection, story.controllers(world));
                Simulation simulation = new Simulation(trace, cloud);
                simulation.play(story);
                verdict.add(simulation.verdict(seed));
            });
        } catch (SQLException e) {
            throw new IllegalStateException("the simulated database cannot be closed", e);
        }
        return verdict.getFirst();
    }

    private Verdict verdict(long seed) {
        Optional.ofNullable(world.failure().getAndSet(null))
                .ifPresent(thrown -> stage.wrong().add("a thread ended with " + thrown + at(thrown)));
        return new Verdict(
                seed,
                trace.hash(),
                trace.events(),
                List.copyOf(stage.wrong()),
                stage.promises().answers(),
                stage.cloud().places(),
                stage.cloud().knownPlaces(),
                stage.cloud().struckAt(),
                trace.last());
    }

    private static String at(Throwable thrown) {
        return thrown.getStackTrace().length == 0 ? "" : " at " + thrown.getStackTrace()[0];
    }

    private void play(Story story) {
        stage.awaitHosts();
        story.unfold(stage);
        SimulatedCloud cloud = stage.cloud();
        cloud.weather().clear();
        cloud.hosts().forEach(SimulatedHost::regainPower);
        world.tell("all is well again");
        for (int looks = 0; looks < Stage.MOST_LOOKS && !(isAtRest() && staysSo()); looks++) {
            stage.look();
            reviveHosts();
        }
        stage.wrong().addAll(stage.invariants().atRest());
        world.tell("ends with " + stage.wrong().size() + " findings");
    }

    /** The operators say that no host is dead any more, as soon as the cloud lets them. */
    private void reviveHosts() {
        Set<String> saidDead = stage.cloud().weather().saidDead;
        for (SimulatedController controller : List.copyOf(stage.cloud().controllers())) {
            for (String host : List.copyOf(saidDead)) {
                try {
                    controller.compute().setForcedDown(host, false);
                    saidDead.remove(host);
                } catch (ServiceException notYet) {
                    world.tell("is not to say that %s lives: %s"
                            .formatted(host, notYet.code().name()));
                }
            }
        }
    }

    private boolean isAtRest() {
        return stage.invariants().quiet()
                && stage.cloud().isSilent()
                && stage.cloud().weather().saidDead.isEmpty()
                && stage.invariants().atRest().isEmpty();
    }

    /** Whether it is still so after each controller has asked each host for its guests. */
    private boolean staysSo() {
        for (SimulatedController controller : List.copyOf(stage.cloud().controllers())) {
            controller.compute().refresh();
            if (stage.cloud().isCluster()) {
                stage.cloud()
                        .fleet()
                        .hosts()
                        .forEach(host -> controller.compute().reported(host.host(), host.inventory()));
            } else {
                controller.compute().compareGuests();
            }
        }
        return isAtRest();
    }
}
