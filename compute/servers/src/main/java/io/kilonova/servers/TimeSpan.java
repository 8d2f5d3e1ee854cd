package io.kilonova.servers;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.regex.Pattern;

/**
 * What a caller means by a time: a whole day, or one second. Without a zone it is in UTC.
 *
 * @param start the first instant
 * @param end the first instant after it
 */
record TimeSpan(Instant start, Instant end) {
    private static final Pattern ZONED = Pattern.compile("T.*(Z|[+-]\\d\\d:?\\d\\d)$");

    /**
     * Reads {@code 2026-11-22}, or {@code 2026-11-22T21:00:00} with or without a zone.
     *
     * @throws io.kilonova.errors.ServiceException {@link ServerError#FILTER_INVALID}
     */
    static TimeSpan of(String parameter, String value) {
        try {
            String text = value.strip().replace(' ', 'T');
            if (text.indexOf('T') < 0) {
                Instant day = LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
                return new TimeSpan(day, day.plus(Duration.ofDays(1)));
            }
            Instant time = ZONED.matcher(text).find()
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
            Instant second = Instant.ofEpochSecond(time.getEpochSecond());
            return new TimeSpan(second, second.plusSeconds(1));
        } catch (DateTimeException exception) {
            throw ServerError.FILTER_INVALID.because(
                    exception,
                    "Invalid value for %s: a time such as 2026-11-22T21:00:00Z is wanted.".formatted(parameter));
        }
    }
}
