package io.kilonova.storage;

import java.time.Duration;

/**
 * How much history is kept.
 *
 * @param age nothing older
 * @param count and no more rows than these, the latest
 */
public record Retention(Duration age, int count) {
    /** Refuses to keep less than nothing. */
    public Retention {
        if (age.isNegative() || count < 0) {
            throw new IllegalArgumentException("less than nothing cannot be kept");
        }
    }
}
