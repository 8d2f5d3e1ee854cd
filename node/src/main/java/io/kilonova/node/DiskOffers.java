package io.kilonova.node;

import io.kilonova.node.NodeCommand.Offer;
import io.kilonova.node.NodeCommand.Ticket;
import io.kilonova.spi.HypervisorError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which node may fetch the disks of which guest from this one. An offer is for one guest and one node, and ends after an hour. */
final class DiskOffers {
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final int MAXIMUM = 1000;

    private final SecureRandom random = new SecureRandom();

    private final Map<String, Given> byGuest = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Given> eldest) {
            return size() > MAXIMUM;
        }
    };

    private record Given(String toNode, String secret, long madeNanos) {}

    synchronized Ticket make(Offer offer) {
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        byGuest.put(offer.guestId(), new Given(offer.toNode(), text, System.nanoTime()));
        return new Ticket(text);
    }

    /** Throws {@link HypervisorError#GUEST_NOT_FOUND} unless the guest's disks were offered to this node with this secret. */
    synchronized void require(String guestId, String node, String secret) {
        Given given = byGuest.get(guestId);
        boolean good = given != null
                && given.toNode().equals(node)
                && System.nanoTime() - given.madeNanos() < LIFETIME.toNanos()
                && MessageDigest.isEqual(
                        given.secret().getBytes(StandardCharsets.US_ASCII), secret.getBytes(StandardCharsets.US_ASCII));
        if (!good) {
            throw HypervisorError.GUEST_NOT_FOUND.with(guestId, "of this offer");
        }
    }
}
