package io.kilonova.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times in queries, as OpenStack takes them: ISO 8601 with dashes or without, the time and its zone optional, UTC unless said. */
public final class IsoTime {
    private static final int LONGEST_CHARACTERS = 64;
    private static final Pattern FORM = Pattern.compile("(\\d{4})(?:-(\\d{1,2})-(\\d{1,2})|(\\d{2})(\\d{2}))"
            + "(?:[ T](\\d{2})(?::?(\\d{2})(?::?(\\d{1,2})(?:[.,](\\d{1,12}))?)?)?(Z|[-+]\\d{2}(?::?\\d{2})?)?)?");

    private IsoTime() {}

    /**
     * The instant that a text names.
     *
     * @return empty when the text is no time
     */
    public static Optional<Instant> parse(String text) {
        if (text.length() > LONGEST_CHARACTERS) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            LocalDateTime local = LocalDateTime.of(
                    number(matcher, 1),
                    number(matcher, matcher.group(2) != null ? 2 : 4),
                    number(matcher, matcher.group(3) != null ? 3 : 5),
                    number(matcher, 6),
                    number(matcher, 7),
                    number(matcher, 8),
                    nanoseconds(Optional.ofNullable(matcher.group(9))));
            ZoneOffset zone =
                    Optional.ofNullable(matcher.group(10)).map(ZoneOffset::of).orElse(ZoneOffset.UTC);
            return Optional.of(local.toInstant(zone));
        } catch (DateTimeException exception) {
            return Optional.empty();
        }
    }

    private static int number(Matcher matcher, int group) {
        return matcher.group(group) == null ? 0 : Integer.parseInt(matcher.group(group));
    }

    private static int nanoseconds(Optional<String> fraction) {
        return fraction.map(digits -> Integer.parseInt((digits + "000000000").substring(0, 9)))
                .orElse(0);
    }
}
