package io.kilonova.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The parameters behind the question mark; each may stand several times. */
public final class Query {
    private static final int MAXIMUM_PARAMETERS = 1000;
    private static final Query NOTHING = new Query(Map.of());

    private final Map<String, List<String>> parameters;

    private Query(Map<String, List<String>> parameters) {
        this.parameters = parameters;
    }

    /**
     * Reads the part behind the question mark.
     *
     * @throws io.kilonova.errors.ServiceException {@link HttpError#QUERY_INVALID} when it is not UTF-8, holds NUL or has
     *     over 1,000 parameters
     */
    public static Query parse(Optional<String> text) {
        if (text.isEmpty() || text.get().isEmpty()) {
            return NOTHING;
        }
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        String[] parts = text.get().split("&");
        if (parts.length > MAXIMUM_PARAMETERS) {
            throw HttpError.QUERY_INVALID.with("The query has more than %d parameters.".formatted(MAXIMUM_PARAMETERS));
        }
        for (String part : parts) {
            if (!part.isEmpty()) {
                int equals = part.indexOf('=');
                String name = decode(equals < 0 ? part : part.substring(0, equals));
                String value = equals < 0 ? "" : decode(part.substring(equals + 1));
                parameters.computeIfAbsent(name, key -> new ArrayList<>(1)).add(value);
            }
        }
        return new Query(Collections.unmodifiableMap(parameters));
    }

    /** The parameters as given, for tests and for narrowing. */
    public static Query of(Map<String, List<String>> parameters) {
        return new Query(Collections.unmodifiableMap(new LinkedHashMap<>(parameters)));
    }

    /** The first value of a parameter. */
    public Optional<String> first(String name) {
        return Optional.ofNullable(parameters.get(name)).map(List::getFirst);
    }

    /** The last value of a parameter, which wins where a service takes one. */
    public Optional<String> last(String name) {
        return Optional.ofNullable(parameters.get(name)).map(List::getLast);
    }

    /** All values of a parameter, in order. */
    public List<String> all(String name) {
        return parameters.getOrDefault(name, List.of());
    }

    /** Whether the parameter stands there, with or without a value. */
    public boolean has(String name) {
        return parameters.containsKey(name);
    }

    /** The names that stand there, in order. */
    public Set<String> names() {
        return parameters.keySet();
    }

    /** Names and values. */
    public Map<String, List<String>> asMap() {
        return parameters;
    }

    private static String decode(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        byte[] bytes = new byte[text.length() * 3];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '+') {
                bytes[length++] = ' ';
            } else if (character == '%' && i + 2 < text.length() && isHexadecimal(text, i + 1)) {
                bytes[length++] = (byte) Integer.parseInt(text, i + 1, i + 3, 16);
                i += 2;
            } else {
                for (byte each : String.valueOf(character).getBytes(StandardCharsets.UTF_8)) {
                    bytes[length++] = each;
                }
            }
        }
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
            if (decoded.indexOf('\0') >= 0) {
                throw HttpError.QUERY_INVALID.with("The query holds the character NUL.");
            }
            return decoded;
        } catch (CharacterCodingException exception) {
            throw HttpError.QUERY_INVALID.because(exception, "Query string is not UTF-8 encoded");
        }
    }

    private static boolean isHexadecimal(String text, int start) {
        return Character.digit(text.charAt(start), 16) >= 0 && Character.digit(text.charAt(start + 1), 16) >= 0;
    }
}
