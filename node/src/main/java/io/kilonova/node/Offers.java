package io.kilonova.node;

import io.kilonova.node.NodeCommand.Ticket;
import io.kilonova.spi.HypervisorError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which node may come for which guest. An offer is for one guest and one node, and ends after a while; repeated, it is the same. */
final class Offers {
    private static final Duration LIFETIME = Duration.ofHours(12);
    private static final int MAXIMUM = 1000;

    private final SecureRandom random = new SecureRandom();

    private final Map<String, Given> byGuest = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Given> eldest) {
            return size() > MAXIMUM;
        }
    };

    private record Given(String toNode, String secret, long madeNanos) {
        boolean holds() {
            return System.nanoTime() - madeNanos < LIFETIME.toNanos();
        }
    }

    synchronized Ticket make(String guestId, String toNode) {
        Given before = byGuest.get(guestId);
        if (before != null && before.toNode().equals(toNode) && before.holds()) {
            return new Ticket(before.secret());
        }
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        byGuest.put(guestId, new Given(toNode, text, System.nanoTime()));
        return new Ticket(text);
    }

    /** Throws {@link HypervisorError#GUEST_NOT_FOUND} unless the guest was offered to this node with this secret. */
    synchronized void require(String guestId, String node, String secret) {
        Given given = byGuest.get(guestId);
        boolean good = given != null
                && given.toNode().equals(node)
                && given.holds()
                && MessageDigest.isEqual(
                        given.secret().getBytes(StandardCharsets.US_ASCII), secret.getBytes(StandardCharsets.US_ASCII));
        if (!good) {
            throw HypervisorError.GUEST_NOT_FOUND.with(guestId, "of this offer");
        }
    }
}
