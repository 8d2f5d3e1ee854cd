package io.kilonova.http;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a service and its caller agree on a version (API-SIG "Microversion Specification").
 *
 * @param service the name in the {@code OpenStack-API-Version} header, for example {@code compute}
 * @param minimum the oldest version, used when the caller names none
 * @param maximum the newest version, used for {@code latest}
 * @param legacyHeader an older header of the service's own, which loses against the common one
 */
public record MicroversionNegotiation(
        String service, Microversion minimum, Microversion maximum, Optional<String> legacyHeader) {
    static final String HEADER = "OpenStack-API-Version";
    private static final Pattern PART = Pattern.compile("\\s*(\\S+)\\s+(\\S+)\\s*");
    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,3})\\.([1-9]?\\d{0,3}|0)");

    /**
     * The version to answer with.
     *
     * @param common all values of {@code OpenStack-API-Version}
     * @param legacy the value of the legacy header
     * @throws io.kilonova.errors.ServiceException {@link HttpError#VERSION_MALFORMED} or {@link HttpError#VERSION_OUT_OF_RANGE}
     */
    Microversion agree(List<String> common, Optional<String> legacy) {
        for (String line : common) {
            for (String part : line.split(",")) {
                Matcher words = PART.matcher(part);
                if (words.matches() && words.group(1).equalsIgnoreCase(service)) {
                    return read(words.group(2));
                }
            }
        }
        return legacy.map(value -> read(value.strip())).orElse(minimum);
    }

    private Microversion read(String text) {
        if (text.equalsIgnoreCase("latest")) {
            return maximum;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || matcher.group(2).isEmpty()) {
            throw HttpError.VERSION_MALFORMED.with(text);
        }
        Microversion version = new Microversion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        if (version.compareTo(minimum) < 0 || version.compareTo(maximum) > 0) {
            throw HttpError.VERSION_OUT_OF_RANGE.with(version, minimum, maximum);
        }
        return version;
    }
}
