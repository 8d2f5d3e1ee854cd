package io.kilonova.identity;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the identity service works.
 *
 * @param stateFolder where the keys of tokens ({@code fernet-keys}) and of stored credentials ({@code credential-keys})
 *     are; controllers of one cluster share them
 * @param tokenLifetime how long a token holds
 * @param maximumActiveKeys how many keys of tokens there are at once, 3 to 64; a token outlives
 *     {@code maximumActiveKeys - 2} rotations
 * @param keyRotation how old the primary key gets before {@link Identity#housekeep} replaces it
 * @param bcryptCost rounds of a password's hash as a power of two, 4 to 31; 12 takes a quarter of a second
 * @param hashingThreads how many passwords are checked at once, so that log-ins never take the whole machine
 * @param lockoutAttempts failed passwords in a row after which a user has to wait
 * @param lockoutDuration how long a user waits then
 * @param cachedTokens how many validated tokens are remembered
 * @param changeInterval how often a controller looks whether another one changed something
 */
public record IdentityOptions(
        Path stateFolder,
        Duration tokenLifetime,
        int maximumActiveKeys,
        Duration keyRotation,
        int bcryptCost,
        int hashingThreads,
        int lockoutAttempts,
        Duration lockoutDuration,
        int cachedTokens,
        Duration changeInterval) {
    /** Refuses what cannot work. */
    public IdentityOptions {
        between("maximumActiveKeys", maximumActiveKeys, 3, 64);
        between("bcryptCost", bcryptCost, 4, 31);
        between("hashingThreads", hashingThreads, 1, 64);
        between("lockoutAttempts", lockoutAttempts, 1, 1_000_000);
        between("cachedTokens", cachedTokens, 1, 10_000_000);
        if (tokenLifetime.toSeconds() < 1) {
            throw new IllegalArgumentException("a token must hold for a second at least");
        }
        if (keyRotation.multipliedBy(maximumActiveKeys - 2L).compareTo(tokenLifetime) < 0) {
            throw new IllegalArgumentException("keys would rotate away before their tokens end");
        }
    }

    /** What suits most clouds: tokens of one hour, a new key each day, ten tries before a minute's wait. */
    public static IdentityOptions in(Path stateFolder) {
        return new IdentityOptions(
                stateFolder,
                Duration.ofHours(1),
                3,
                Duration.ofDays(1),
                12,
                Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                10,
                Duration.ofMinutes(1),
                50_000,
                Duration.ofSeconds(1));
    }

    /**
     * The same with tokens that hold for {@code lifetime} and {@code activeKeys} keys, which rotate no faster than tokens
     * end.
     */
    public IdentityOptions withTokens(Duration lifetime, int activeKeys) {
        Duration slowest = lifetime.dividedBy(activeKeys - 2L).plusSeconds(1);
        return new IdentityOptions(
                stateFolder,
                lifetime,
                activeKeys,
                slowest.compareTo(keyRotation) > 0 ? slowest : keyRotation,
                bcryptCost,
                hashingThreads,
                lockoutAttempts,
                lockoutDuration,
                cachedTokens,
                changeInterval);
    }

    /** The same with another cost of a password's hash. */
    public IdentityOptions withBcryptCost(int cost) {
        return new IdentityOptions(
                stateFolder,
                tokenLifetime,
                maximumActiveKeys,
                keyRotation,
                cost,
                hashingThreads,
                lockoutAttempts,
                lockoutDuration,
                cachedTokens,
                changeInterval);
    }

    /** The same with another interval between looks for changes by other controllers. */
    public IdentityOptions withChangeInterval(Duration interval) {
        return new IdentityOptions(
                stateFolder,
                tokenLifetime,
                maximumActiveKeys,
                keyRotation,
                bcryptCost,
                hashingThreads,
                lockoutAttempts,
                lockoutDuration,
                cachedTokens,
                interval);
    }

    private static void between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s must be %d to %d, not %d".formatted(name, least, most, value));
        }
    }
}
