package io.kilonova.metadata;

import java.nio.charset.StandardCharsets;

/**
 * One thing that a guest reads.
 *
 * @param contentType its media type
 * @param content its bytes
 */
public record MetadataDocument(String contentType, byte[] content) {
    private static final String TEXT = "text/plain; charset=UTF-8";
    private static final String JSON = "application/json";
    private static final String BYTES = "application/octet-stream";

    static MetadataDocument text(String content) {
        return new MetadataDocument(TEXT, content.getBytes(StandardCharsets.UTF_8));
    }

    static MetadataDocument json(byte[] content) {
        return new MetadataDocument(JSON, content);
    }

    static MetadataDocument bytes(byte[] content) {
        return new MetadataDocument(BYTES, content);
    }
}
