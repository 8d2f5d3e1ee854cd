package io.kilonova.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Takes a request's path apart. */
final class Paths {
    private Paths() {}

    /**
     * The decoded segments of a path.
     *
     * @throws io.kilonova.errors.ServiceException {@link HttpError#NOT_FOUND} when a segment is not UTF-8, is encoded
     *     wrongly or holds NUL, which no name has
     */
    static List<String> decoded(String path) {
        List<String> segments = Router.segments(path);
        if (path.indexOf('%') >= 0) {
            segments.replaceAll(Paths::decode);
        }
        return segments;
    }

    private static String decode(String segment) {
        byte[] raw = segment.getBytes(StandardCharsets.UTF_8);
        ByteBuffer decoded = ByteBuffer.allocate(raw.length);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                decoded.put(raw[i]);
                continue;
            }
            int high = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw HttpError.NOT_FOUND.with();
            }
            decoded.put((byte) (high * 16 + low));
            i += 2;
        }
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
            if (text.indexOf('\0') >= 0) {
                throw HttpError.NOT_FOUND.with();
            }
            return text;
        } catch (CharacterCodingException exception) {
            throw HttpError.NOT_FOUND.because(exception);
        }
    }
}
