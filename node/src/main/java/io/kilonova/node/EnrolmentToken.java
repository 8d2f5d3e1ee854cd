package io.kilonova.node;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * What an operator hands to a new node: a secret that is good once, and by what the node knows its cloud.
 *
 * @param secret 256 bits
 * @param authorityFingerprint of the cloud's authority
 */
public record EnrolmentToken(String secret, String authorityFingerprint) {
    private static final Pattern FORM = Pattern.compile("kilonova\\.([A-Za-z0-9_-]{43})\\.([0-9a-f]{64})");

    static EnrolmentToken fresh(String authorityFingerprint) {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return new EnrolmentToken(Base64.getUrlEncoder().withoutPadding().encodeToString(secret), authorityFingerprint);
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws io.kilonova.errors.ServiceException {@link NodeError#TOKEN_UNREADABLE}
     */
    public static EnrolmentToken parse(String text) {
        java.util.regex.Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw NodeError.TOKEN_UNREADABLE.with();
        }
        return new EnrolmentToken(matcher.group(1), matcher.group(2));
    }

    /** The token as it is handed over, in one word. */
    public String text() {
        return "kilonova.%s.%s".formatted(secret, authorityFingerprint);
    }

    /** Never shows the secret. */
    @Override
    public String toString() {
        return "EnrolmentToken[%s]".formatted(authorityFingerprint);
    }
}
