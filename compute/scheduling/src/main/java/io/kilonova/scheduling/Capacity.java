package io.kilonova.scheduling;

/**
 * How much a host has of one resource class, and how much of it is taken.
 *
 * @param total what the host has
 * @param reserved what is kept for the host itself
 * @param minimumUnit the least that one server may take
 * @param maximumUnit the most that one server may take
 * @param stepSize one server takes a multiple of this
 * @param allocationRatio how often the same unit may be given out
 * @param used what servers have taken
 */
public record Capacity(
        long total,
        long reserved,
        long minimumUnit,
        long maximumUnit,
        long stepSize,
        double allocationRatio,
        long used) {

    /** A capacity without bounds for one server but the total. */
    public static Capacity of(long total, long reserved, double allocationRatio, long used) {
        return new Capacity(total, reserved, 1, total, 1, allocationRatio, used);
    }

    /** What may be given out altogether: {@code (total - reserved) * allocationRatio}, rounded down. */
    public long limit() {
        return (long) ((total - reserved) * allocationRatio);
    }

    /** What is left; negative when more was given out than there is now. */
    public long free() {
        return limit() - used;
    }

    /** The largest amount that one more server may take. */
    public long largestGrant() {
        return Math.min(free(), maximumUnit);
    }

    /** Whether one more server may take {@code amount}. */
    public boolean grants(long amount) {
        return amount <= largestGrant() && amount >= minimumUnit && amount % stepSize == 0;
    }

    /** The same with {@code amount} more taken, or given back when negative. */
    public Capacity taking(long amount) {
        return new Capacity(total, reserved, minimumUnit, maximumUnit, stepSize, allocationRatio, used + amount);
    }
}
