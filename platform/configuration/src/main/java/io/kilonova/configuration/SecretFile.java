package io.kilonova.configuration;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a secret from the file that holds it: text, of one line or more, whose last line end does not count. */
final class SecretFile {
    static final int MAXIMUM_BYTES = 65_536;

    private SecretFile() {}

    static Secret read(Path file) {
        byte[] content;
        try (InputStream stream = Files.newInputStream(file)) {
            content = stream.readNBytes(MAXIMUM_BYTES + 1);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    "the file of a secret is wanted, and this one cannot be read", unreadable);
        }
        if (content.length > MAXIMUM_BYTES) {
            throw new IllegalArgumentException("the file of a secret holds at most %d bytes".formatted(MAXIMUM_BYTES));
        }
        String text = new String(content, StandardCharsets.UTF_8);
        if (text.endsWith("\n")) {
            text = text.substring(0, text.length() - 1);
        }
        if (text.endsWith("\r")) {
            text = text.substring(0, text.length() - 1);
        }
        if (text.isBlank()) {
            throw new IllegalArgumentException("the file of the secret is empty");
        }
        return Secret.of(text);
    }
}
