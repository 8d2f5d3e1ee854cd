package io.kilonova.api;

import io.kilonova.http.RepeatedRequests.Recorded;
import io.kilonova.http.RepeatedRequests.Repeatable;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer at rest. It may hold a password or a private key, so it is sealed with the caller's own key, of which only a hash is
 * kept: who reads the database reads neither.
 *
 * @param id the hash under which the answer is kept
 * @param key what it is sealed with (AES-GCM)
 */
record SealedAnswer(String id, SecretKeySpec key) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    static SealedAnswer of(Repeatable request) {
        String whose = request.owner() + "\n" + request.key();
        return new SealedAnswer(
                HexFormat.of().formatHex(digest("id\n" + whose)), new SecretKeySpec(digest("answer\n" + whose), "AES"));
    }

    String close(Recorded answer) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, nonce, MAPPER.writeValueAsBytes(answer));
        byte[] whole = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
        System.arraycopy(sealed, 0, whole, NONCE_BYTES, sealed.length);
        return Base64.getEncoder().encodeToString(whole);
    }

    Recorded open(String text) {
        byte[] whole = Base64.getDecoder().decode(text);
        byte[] sealed = Arrays.copyOfRange(whole, NONCE_BYTES, whole.length);
        return MAPPER.readValue(crypt(Cipher.DECRYPT_MODE, Arrays.copyOf(whole, NONCE_BYTES), sealed), Recorded.class);
    }

    private byte[] crypt(int mode, byte[] nonce, byte[] bytes) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException exception) {
            throw new IllegalStateException("a kept answer cannot be sealed or opened", exception);
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
