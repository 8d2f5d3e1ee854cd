package io.kilonova.simulation;

import io.kilonova.access.Caller;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Who uses the simulated cloud. */
final class People {
    private People() {}

    static Caller administrator() {
        return caller("administrator", Set.of("admin", "member", "reader"));
    }

    static Caller user(String project) {
        return caller(project, Set.of("member", "reader"));
    }

    private static Caller caller(String project, Set<String> roles) {
        return new Caller(
                "user-of-" + project,
                "user-of-" + project,
                "default",
                Optional.of(project),
                Optional.of(project),
                Optional.of("default"),
                Optional.empty(),
                false,
                roles,
                "audit",
                Instant.MAX);
    }
}
