package io.kilonova.spi;

/**
 * What a host says of one guest.
 *
 * @param id the server's id, or the hypervisor's own for a guest that is not ours
 * @param name at the hypervisor
 * @param ours whether this program made it; others are reported and never touched
 * @param power its state now
 */
public record GuestReport(String id, String name, boolean ours, PowerState power) {}
