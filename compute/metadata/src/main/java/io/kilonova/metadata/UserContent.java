package io.kilonova.metadata;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What a user gave in base 64 to be read by the guest as bytes. */
final class UserContent {
    private UserContent() {}

    /** The bytes. What is no base 64 is handed on as it was given: the guest's owner sees best what went wrong. */
    static byte[] decode(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException exception) {
            return base64.getBytes(StandardCharsets.UTF_8);
        }
    }
}
