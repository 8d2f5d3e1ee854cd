package io.kilonova.libvirt;

import io.kilonova.spi.LiveMigrationProgress;
import java.util.Map;

/**
 * What libvirt says of the job that a domain is busy with ({@code virDomainGetJobStats}).
 *
 * @param underWay whether there is one
 * @param numbers by libvirt's names
 */
public record DomainJob(boolean underWay, Map<String, Long> numbers) {
    /** Nothing to do. */
    static final DomainJob NONE = new DomainJob(false, Map.of());

    private static final long MIGRATION_OUT = 5; // VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT

    /** Whether the domain is on its way to another host. */
    boolean leaving() {
        return underWay && number("operation") == MIGRATION_OUT;
    }

    /** How far that is. */
    LiveMigrationProgress progress() {
        return new LiveMigrationProgress(
                number("memory_total"),
                number("memory_processed"),
                number("memory_remaining"),
                number("disk_total"),
                number("disk_processed"),
                number("disk_remaining"));
    }

    /** The same with nothing left to do. */
    LiveMigrationProgress ended() {
        LiveMigrationProgress last = progress();
        return new LiveMigrationProgress(
                last.memoryTotalBytes(),
                last.memoryProcessedBytes() + last.memoryRemainingBytes(),
                0,
                last.diskTotalBytes(),
                last.diskTotalBytes(),
                0);
    }

    private long number(String name) {
        return numbers.getOrDefault(name, 0L);
    }
}
