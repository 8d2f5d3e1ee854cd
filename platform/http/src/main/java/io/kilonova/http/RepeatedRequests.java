package io.kilonova.http;

import java.io.IOException;
import java.util.Optional;

/**
 * Remembers what was answered to requests that came with an {@code Idempotency-Key}, so that one that is repeated is answered
 * the same and does nothing.
 */
public interface RepeatedRequests {
    /**
     * A request that may have come before.
     *
     * @param owner whose key it is: the same key of another caller is another key
     * @param key as the caller chose it
     * @param fingerprint the same for requests that ask the same
     * @param requestId of this one
     */
    record Repeatable(String owner, String key, String fingerprint, String requestId) {}

    /**
     * What was answered.
     *
     * @param status HTTP
     * @param location the header of that name
     * @param contentType empty for an answer without a body
     * @param body its bytes
     */
    record Recorded(int status, Optional<String> location, Optional<String> contentType, byte[] body) {}

    /** Does what a request asks for. */
    @FunctionalInterface
    interface First {
        /** Does it, and says what to answer. */
        Recorded run() throws IOException;
    }

    /** What was answered before, or what {@code first} answers when the request is new. */
    Recorded answer(Repeatable request, First first) throws IOException;
}
