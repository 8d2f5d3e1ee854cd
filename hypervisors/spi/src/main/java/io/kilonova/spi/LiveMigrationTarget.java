package io.kilonova.spi;

/**
 * Where a running guest is sent; made by the destination, understood by the source's hypervisor of the same kind.
 *
 * @param host the destination's name
 * @param connection how the source's hypervisor reaches the destination's, in their own language, for example a libvirt URI
 * @param address where on the destination memory and disks are sent to: an IP address, or a folder of sockets
 */
public record LiveMigrationTarget(String host, String connection, String address) {}
