package io.kilonova.configuration;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A text that does not print: neither a log, nor an exception, nor a JSON writer that calls {@link #toString} can give it
 * away. Whoever needs it says so by {@link #reveal}.
 */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /** A secret of this text. */
    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The text itself. Every call is a place to look at in a review. */
    public String reveal() {
        return value;
    }

    /** Compares in a time that depends on the lengths alone, so that a guess learns nothing from how long it took. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    /** The same for all secrets: a hash would be a hint. Not meant as a key of a map. */
    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "Secret(***)";
    }
}
