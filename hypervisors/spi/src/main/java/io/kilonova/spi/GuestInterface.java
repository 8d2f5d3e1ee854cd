package io.kilonova.spi;

/**
 * A network card of a guest.
 *
 * @param portId the network service's port
 * @param tapName the device on the host, at most 15 characters
 * @param macAddress lower case, colons
 * @param maximumTransmissionUnit bytes
 * @param model the card that the guest sees, for example {@code virtio}
 */
public record GuestInterface(
        String portId, String tapName, String macAddress, int maximumTransmissionUnit, String model) {}
