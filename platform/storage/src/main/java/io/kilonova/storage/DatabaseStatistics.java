package io.kilonova.storage;

/**
 * What a database has done since it was opened.
 *
 * @param reads reads that were answered
 * @param writes transactions that were durably committed
 * @param writeNanos how long these took together, from the call to the disk
 * @param rolledBack transactions whose body or commit failed
 * @param retried bodies that ran again because of a conflict or of a neighbour in their group
 * @param flushes commits that waited for the disk; {@code writes / flushes} is what grouping is worth
 * @param refused reads and writes that were refused because too many waited
 * @param waiting transactions that wait now
 * @param largestGroup the most transactions that shared a flush
 */
public record DatabaseStatistics(
        long reads,
        long writes,
        long writeNanos,
        long rolledBack,
        long retried,
        long flushes,
        long refused,
        int waiting,
        int largestGroup) {}
