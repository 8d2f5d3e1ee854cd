package io.kilonova.node;

import java.time.Instant;
import java.util.Optional;

/**
 * A hypervisor host of the cloud.
 *
 * @param id follows from its key
 * @param label what people call it; the host's name in the Compute API
 * @param formerLabel what it was called before, while no other node is called so
 * @param address HOST:PORT of its agent
 * @param certificateFingerprint SHA-256 of the certificate that it got last
 * @param enrolledAt when it came
 * @param revokedAt since when nothing of it is believed
 */
public record EnrolledNode(
        String id,
        String label,
        Optional<String> formerLabel,
        String address,
        String certificateFingerprint,
        Instant enrolledAt,
        Optional<Instant> revokedAt) {
    /** Whether it goes, or went until just now, by this name. */
    boolean isCalled(String name) {
        return label.equals(name) || formerLabel.filter(name::equals).isPresent();
    }

    /** Where commands for it go. */
    NodeAddress target() {
        return new NodeAddress(id, address);
    }
}
