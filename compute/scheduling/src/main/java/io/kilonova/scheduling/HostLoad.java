package io.kilonova.scheduling;

/**
 * How busy a host is.
 *
 * @param instances servers on it
 * @param ioOperations servers that are building, resizing, migrating, snapshotting or backing up
 * @param failedBuilds builds that failed since the last that went well
 */
public record HostLoad(int instances, int ioOperations, int failedBuilds) {
    /** A host without anything. */
    public static HostLoad idle() {
        return new HostLoad(0, 0, 0);
    }
}
