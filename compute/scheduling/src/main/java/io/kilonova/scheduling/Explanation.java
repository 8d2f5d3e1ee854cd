package io.kilonova.scheduling;

import java.util.List;

/**
 * What every check says of one host: the answer to "why not host H". Unlike the stages of a decision it does not stop at the
 * first rejection.
 *
 * @param host its name
 * @param known whether the host is in the view at all
 * @param verdicts in the order of the checks
 */
public record Explanation(String host, boolean known, List<Verdict> verdicts) {
    /** Keeps a copy. */
    public Explanation {
        verdicts = List.copyOf(verdicts);
    }

    /** Whether the host could be chosen. */
    public boolean passes() {
        return known && verdicts.stream().allMatch(Verdict::passes);
    }

    /** The checks that reject the host. */
    public List<Verdict> rejections() {
        return verdicts.stream().filter(verdict -> !verdict.passes()).toList();
    }
}
