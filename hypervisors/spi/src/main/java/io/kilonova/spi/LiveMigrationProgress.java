package io.kilonova.spi;

/**
 * How far the move of a running guest is. A guest that writes while it moves has its memory sent more than once, so that what
 * was processed may exceed the total.
 *
 * @param memoryTotalBytes memory to send
 * @param memoryProcessedBytes memory sent
 * @param memoryRemainingBytes memory still to send
 * @param diskTotalBytes disks to send; 0 when they are shared
 * @param diskProcessedBytes disks sent
 * @param diskRemainingBytes disks still to send
 */
public record LiveMigrationProgress(
        long memoryTotalBytes,
        long memoryProcessedBytes,
        long memoryRemainingBytes,
        long diskTotalBytes,
        long diskProcessedBytes,
        long diskRemainingBytes) {

    /** Where it is told. */
    @FunctionalInterface
    public interface Listener {
        /** Called about once a second, and at the end. */
        void moved(LiveMigrationProgress progress);
    }
}
