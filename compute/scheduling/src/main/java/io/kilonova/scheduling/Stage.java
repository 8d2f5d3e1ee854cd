package io.kilonova.scheduling;

import java.util.List;

/**
 * What one check did to the hosts that came to it.
 *
 * @param check the check's name
 * @param hostsIn how many hosts came
 * @param rejected how many it rejected
 * @param examples why, for the first few of them
 */
public record Stage(String check, int hostsIn, int rejected, List<Rejection> examples) {
    /** Keeps a copy. */
    public Stage {
        examples = List.copyOf(examples);
    }

    /**
     * One host that was rejected.
     *
     * @param host its name
     * @param reason why
     */
    public record Rejection(String host, String reason) {}
}
