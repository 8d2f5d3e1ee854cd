package io.kilonova.networks;

import java.util.List;
import java.util.Optional;

/**
 * One network card that is asked for.
 *
 * @param networkId the network to make a port on
 * @param portId the existing port to use instead
 * @param fixedAddress the address that a made port shall have
 * @param tag the device's tag, which the guest finds in its metadata (Compute API 2.32)
 * @param securityGroups names or ids for a made port; empty for the default group
 */
public record CardRequest(
        Optional<String> networkId,
        Optional<String> portId,
        Optional<String> fixedAddress,
        Optional<String> tag,
        List<String> securityGroups) {}
