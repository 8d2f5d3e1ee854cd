package io.kilonova.operations;

/**
 * A place among a bounded number that all controllers share, held for as long as a step runs: as a builder on a host that
 * builds so many guests at once. It is written with the operation's row, so it outlives crashes with it and is given back
 * with the step.
 *
 * @param key what is bounded, in words that an operator reads: {@code builds on node-1}
 * @param atMost how many operations may hold it
 */
public record Slot(String key, int atMost) {
    /** Refuses a slot without a name, or with no place at all. */
    public Slot {
        if (key.isBlank() || atMost < 1) {
            throw new IllegalArgumentException("a slot has a name, and at least one place");
        }
    }

    String sentence() {
        return "Waits for its place: at most %d %s at once.".formatted(atMost, key);
    }
}
