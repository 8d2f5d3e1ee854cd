package io.kilonova.spi;

/**
 * A change of a guest's power state, told by the hypervisor.
 *
 * @param guestId the server's id
 * @param power the state after the change
 */
public record GuestEvent(String guestId, PowerState power) {}
