package io.kilonova.consistency;

import java.util.Optional;
import java.util.function.BiConsumer;

/** Looks for breaches of one invariant, a portion at a time: what a portion costs does not depend on the cloud's size. */
@FunctionalInterface
interface Inspection {
    /**
     * Inspects the portion that follows {@code after}.
     *
     * @param after the key that the last portion ended with; empty text for the first
     * @param breaches told the subject and the detail of each breach
     * @return the key that this portion ended with; empty when there was nothing left
     */
    Optional<String> inspect(String after, BiConsumer<String, String> breaches);
}
