package io.kilonova.http;

import io.kilonova.access.Caller;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the header by which a caller makes a request that may be repeated. */
final class IdempotencyKey {
    static final String HEADER = "Idempotency-Key";
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final Pattern FORM = Pattern.compile("[!-~]{1,255}");

    private IdempotencyKey() {}

    /**
     * The request as it can be repeated; empty when it reads only, or has no key.
     *
     * @param path as it was sent
     * @throws io.kilonova.errors.ServiceException {@link HttpError#IDEMPOTENCY_KEY_MALFORMED}
     */
    static Optional<RepeatedRequests.Repeatable> of(Request request, Optional<Caller> caller, String path) {
        Optional<String> key = request.header(HEADER);
        if (key.isEmpty() || caller.isEmpty() || READING.contains(request.method())) {
            return Optional.empty();
        }
        if (!FORM.matcher(key.get()).matches()) {
            throw HttpError.IDEMPOTENCY_KEY_MALFORMED.with();
        }
        String owner = caller.get().userId() + "/" + caller.get().projectId().orElse("");
        String asked = String.join(
                "\n",
                request.method(),
                path,
                request.rawQuery().orElse(""),
                request.version().toString(),
                request.body().toString());
        return Optional.of(new RepeatedRequests.Repeatable(owner, key.get(), digest(asked), request.id()));
    }

    private static String digest(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
