package io.kilonova.scheduling;

import java.util.List;

/**
 * Where one server goes.
 *
 * @param chosen the host
 * @param alternates hosts to try next, best first, should the commit or the build fail
 */
public record Selection(Candidate chosen, List<Candidate> alternates) {
    /** Keeps a copy. */
    public Selection {
        alternates = List.copyOf(alternates);
    }
}
