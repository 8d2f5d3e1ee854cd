package io.kilonova.images;

import java.util.Locale;
import java.util.Optional;

/** Where an image is in its life. */
public enum ImageStatus {
    /** It has no bytes yet. */
    QUEUED,
    /** Its bytes are arriving. */
    SAVING,
    /** Its bytes are arriving at, or waiting in, the staging area, to be imported. */
    UPLOADING,
    /** Its bytes are there and were checked. */
    ACTIVE,
    /** Its bytes are there, and only administrators may read them. */
    DEACTIVATED;

    /** The name in the Image API, for example {@code queued}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value with this label; empty when there is none. */
    public static Optional<ImageStatus> of(String label) {
        for (ImageStatus value : values()) {
            if (value.label().equals(label)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
