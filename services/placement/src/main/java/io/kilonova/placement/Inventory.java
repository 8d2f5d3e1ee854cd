package io.kilonova.placement;

/**
 * How much a provider has of one resource class.
 *
 * @param total all of it
 * @param reserved not to be given out
 * @param minimumUnit the least that one consumer may take
 * @param maximumUnit the most that one consumer may take
 * @param stepSize a consumer takes a multiple of this
 * @param allocationRatio how often the same unit may be given out
 */
public record Inventory(
        long total, long reserved, long minimumUnit, long maximumUnit, long stepSize, double allocationRatio) {
    /** The most that Placement's clients can read: 2³¹ − 1. */
    public static final long MAXIMUM = Integer.MAX_VALUE;

    /** An inventory of which one consumer may take all. */
    public static Inventory of(long total, long reserved, double allocationRatio) {
        return new Inventory(total, reserved, 1, Math.max(1, total), 1, allocationRatio);
    }

    /** What may be given out altogether, rounded down. */
    public long capacity() {
        return (long) ((total - reserved) * allocationRatio);
    }
}
