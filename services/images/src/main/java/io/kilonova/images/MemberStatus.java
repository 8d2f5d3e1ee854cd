package io.kilonova.images;

import java.util.Locale;
import java.util.Optional;

/** What a member made of an image that was shared with it. */
public enum MemberStatus {
    /** It has not said yet: the image is found by its id and is not in the member's list. */
    PENDING,
    /** The image is in the member's list. */
    ACCEPTED,
    /** The image is found by its id and is not in the member's list. */
    REJECTED;

    /** The name in the Image API, for example {@code pending}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value with this label; empty when there is none. */
    public static Optional<MemberStatus> of(String label) {
        for (MemberStatus value : values()) {
            if (value.label().equals(label)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
