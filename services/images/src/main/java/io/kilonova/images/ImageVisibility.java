package io.kilonova.images;

import java.util.Locale;
import java.util.Optional;

/** Who may see an image beside its owner. */
public enum ImageVisibility {
    /** Everybody. */
    PUBLIC,
    /** Nobody. */
    PRIVATE,
    /** The projects that are its members. */
    SHARED,
    /** Everybody who knows its id; it is left out of lists unless they ask for it. */
    COMMUNITY;

    /** The name in the Image API, for example {@code shared}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value with this label; empty when there is none. */
    public static Optional<ImageVisibility> of(String label) {
        for (ImageVisibility value : values()) {
            if (value.label().equals(label)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
