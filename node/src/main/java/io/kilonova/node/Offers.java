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
import java.util.Optional;

/**
 * Which node may come for which guest. An offer is for one guest and one node, and ends after a while; repeated, its ticket is
 * the same.
 *
 * @param <T> what is offered
 */
final class Offers<T> {
    private static final Duration LIFETIME = Duration.ofHours(12);
    private static final int MAXIMUM = 1000;

    private final SecureRandom random = new SecureRandom();

    private final Map<String, Given<T>> byGuest = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Given<T>> eldest) {
            return size() > MAXIMUM;
        }
    };

    private record Given<T>(String toNode, String secret, long madeNanos, T what) {
        boolean holds() {
            return System.nanoTime() - madeNanos < LIFETIME.toNanos();
        }
    }

    /** Offers something, and forgets what nobody may come for any more. */
    synchronized Ticket make(String guestId, String toNode, T what) {
        byGuest.values().removeIf(given -> !given.holds());
        Given<T> offer = Optional.ofNullable(byGuest.get(guestId))
                .filter(before -> before.toNode().equals(toNode))
                .map(before -> new Given<>(toNode, before.secret(), before.madeNanos(), what))
                .orElseGet(() -> new Given<>(toNode, secret(), System.nanoTime(), what));
        byGuest.put(guestId, offer);
        return new Ticket(offer.secret());
    }

    private String secret() {
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** What is offered. Throws {@link HypervisorError#GUEST_NOT_FOUND} unless it is offered to this node with this secret. */
    synchronized T require(String guestId, String node, String secret) {
        return Optional.ofNullable(byGuest.get(guestId))
                .filter(given -> given.toNode().equals(node) && given.holds())
                .filter(given -> MessageDigest.isEqual(
                        given.secret().getBytes(StandardCharsets.US_ASCII), secret.getBytes(StandardCharsets.US_ASCII)))
                .map(Given::what)
                .orElseThrow(() -> HypervisorError.GUEST_NOT_FOUND.with(guestId, "of this offer"));
    }
}
