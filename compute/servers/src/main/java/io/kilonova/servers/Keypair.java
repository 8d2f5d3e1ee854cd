package io.kilonova.servers;

import java.time.Instant;

/**
 * A user's public key.
 *
 * @param userId whose
 * @param name unique for the user
 * @param number counts up, the {@code id} of the API
 * @param type {@code ssh} or {@code x509}
 * @param fingerprint MD5 with colons for ssh, SHA-1 for x509
 * @param publicKey as given
 * @param createdAt when it was made
 */
public record Keypair(
        String userId,
        String name,
        long number,
        String type,
        String fingerprint,
        String publicKey,
        Instant createdAt) {}
