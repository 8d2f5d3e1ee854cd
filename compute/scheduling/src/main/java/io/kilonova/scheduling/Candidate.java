package io.kilonova.scheduling;

import java.util.Map;
import java.util.TreeMap;

/**
 * A host that passed, with what spoke for it.
 *
 * @param host its name
 * @param resourceProviderId the UUID of its resource provider
 * @param generation the provider's generation in the view, checked again in the commit
 * @param weight the sum of the weights
 * @param weights what each weigher added, by name
 */
public record Candidate(
        String host, String resourceProviderId, long generation, double weight, Map<String, Double> weights) {
    /** Keeps a copy in the order of names. */
    public Candidate {
        weights = java.util.Collections.unmodifiableMap(new TreeMap<>(weights));
    }
}
