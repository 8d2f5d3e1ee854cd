package io.kilonova.simulation;

import io.kilonova.access.Caller;
import io.kilonova.errors.ServiceException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where a {@link Story} takes place: a cloud, the people who use it, and what is found wrong while one looks on. */
final class Stage {
    private static final List<String> PROJECTS = List.of("red", "blue");
    private static final Duration LOOK = Duration.ofSeconds(2);

    /** Twelve minutes: all pauses between attempts are a minute or less. */
    static final int MOST_LOOKS = 12 * 60 / 2;

    private final World world;
    private final SimulatedCloud cloud;
    private final Promises promises = new Promises();
    private final Invariants invariants;
    private final Set<String> wrong = new LinkedHashSet<>();
    private int requests;

    Stage(SimulatedCloud cloud) {
        this.world = cloud.world();
        this.cloud = cloud;
        this.invariants = new Invariants(cloud, promises);
    }

    World world() {
        return world;
    }

    SimulatedCloud cloud() {
        return cloud;
    }

    Promises promises() {
        return promises;
    }

    Invariants invariants() {
        return invariants;
    }

    Set<String> wrong() {
        return wrong;
    }

    /** Lets two seconds pass, and looks at what must always hold. */
    void look() {
        world.rest(LOOK);
        wrong.addAll(invariants.always());
    }

    /** Waits until all hosts are known, and every controller has heard them. */
    void awaitHosts() {
        for (int looks = 0; looks < MOST_LOOKS && !(invariants.allKnown() && allHeard()); looks++) {
            look();
        }
    }

    private boolean allHeard() {
        return cloud.controllers().stream()
                .allMatch(controller -> controller.compute().awaitedHosts() == 0);
    }

    /** Waits until a controller serves, and looks on meanwhile. */
    SimulatedController controller() {
        while (cloud.controllers().isEmpty()) {
            look();
        }
        return cloud.controllers().getFirst();
    }

    /** Waits until nothing that was accepted goes on, as long as that may take; what does not end is found at the end. */
    void awaitQuiet() {
        for (int looks = 0; looks < MOST_LOOKS && !invariants.quiet(); looks++) {
            look();
        }
    }

    /** A user asks something of a controller, about a server that stands. Gives what ends with the answer, if one comes. */
    void ask(SimulatedController controller, UserAction action, Runnable answered) {
        String requestId = "req-" + ++requests;
        world.start(controller.name() + "/" + requestId, controller.life(), () -> {
            request(controller, action, requestId);
            answered.run();
        });
    }

    private void request(SimulatedController controller, UserAction action, String requestId) {
        Optional<String> target = Optional.of(promises.standing())
                .filter(standing -> !standing.isEmpty())
                .map(world::any);
        Caller caller = People.user(target.map(promises::projectOf).orElseGet(() -> world.any(PROJECTS)));
        world.tell("is asked to %s %s".formatted(action.name(), target.orElse("")));
        try {
            action.deed().of(new UserAction.Request(controller.compute(), cloud, promises, caller, requestId, target));
            promises.answered(action.name(), "accepted");
            world.tell("accepts");
        } catch (ServiceException refused) {
            promises.refused(action.name(), refused);
            world.tell("refuses: " + refused.code().name());
        } catch (RuntimeException fault) {
            promises.refused(action.name(), fault);
        }
    }
}
