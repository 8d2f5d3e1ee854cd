package io.kilonova.spi;

import java.time.Duration;

/**
 * How a running guest is moved.
 *
 * @param copyDisks whether its disks are copied too, rather than being on storage that both hosts share
 * @param limit how long it may take; then it is given up, and the guest runs on where it was
 */
public record LiveMigrationOptions(boolean copyDisks, Duration limit) {}
