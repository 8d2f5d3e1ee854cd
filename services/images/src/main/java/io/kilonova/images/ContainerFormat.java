package io.kilonova.images;

import java.util.Locale;
import java.util.Optional;

/** What an image's bytes are wrapped into. */
public enum ContainerFormat {
    /** Nothing: the bytes are the disk. */
    BARE,
    /** The disk of an Open Virtualization Format package. */
    OVF,
    /** An Amazon kernel. */
    AKI,
    /** An Amazon ramdisk. */
    ARI,
    /** An Amazon machine image. */
    AMI;

    /** The name in the Image API, for example {@code bare}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The value with this label; empty when there is none. */
    public static Optional<ContainerFormat> of(String label) {
        for (ContainerFormat value : values()) {
            if (value.label().equals(label)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
