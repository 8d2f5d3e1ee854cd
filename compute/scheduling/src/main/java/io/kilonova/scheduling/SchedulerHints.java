package io.kilonova.scheduling;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the caller hints ({@code os:scheduler_hints}).
 *
 * @param values one or more values a hint
 * @param serverHosts the host of each server that {@code same_host} and {@code different_host} name and that the caller may see
 */
public record SchedulerHints(Map<String, List<String>> values, Map<String, String> serverHosts) {
    /** Keeps copies. */
    public SchedulerHints {
        Map<String, List<String>> copy = new HashMap<>();
        values.forEach((hint, list) -> copy.put(hint, List.copyOf(list)));
        values = Map.copyOf(copy);
        serverHosts = Map.copyOf(serverHosts);
    }

    /** No hints. */
    public static SchedulerHints none() {
        return new SchedulerHints(Map.of(), Map.of());
    }

    /** All values of a hint. */
    public List<String> all(String hint) {
        return values.getOrDefault(hint, List.of());
    }

    /** The first value of a hint. */
    public Optional<String> first(String hint) {
        return all(hint).stream().findFirst();
    }
}
