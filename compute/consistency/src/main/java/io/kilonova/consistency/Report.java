package io.kilonova.consistency;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What one walk over the whole cloud found.
 *
 * @param finishedAt when the walk ended
 * @param breaches how many were found, by the name of each invariant
 * @param findings the first of each invariant, {@value ConsistencyWatch#MAXIMUM_FINDINGS} at most
 */
public record Report(Instant finishedAt, Map<String, Long> breaches, List<Finding> findings) {
    /** Keeps copies. */
    public Report {
        breaches = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(breaches));
        findings = List.copyOf(findings);
    }

    /** Whether all is as it must be. */
    public boolean clean() {
        return findings.isEmpty();
    }
}
