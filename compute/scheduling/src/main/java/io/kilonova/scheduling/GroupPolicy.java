package io.kilonova.scheduling;

import java.util.Locale;
import java.util.Optional;

/** How the servers of a group stand to each other. */
public enum GroupPolicy {
    AFFINITY,
    ANTI_AFFINITY,
    SOFT_AFFINITY,
    SOFT_ANTI_AFFINITY;

    /** The name in the Compute API, for example {@code soft-anti-affinity}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The policy of that name. */
    public static Optional<GroupPolicy> of(String label) {
        for (GroupPolicy policy : values()) {
            if (policy.label().equals(label)) {
                return Optional.of(policy);
            }
        }
        return Optional.empty();
    }
}
