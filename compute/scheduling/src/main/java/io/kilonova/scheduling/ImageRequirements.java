package io.kilonova.scheduling;

import java.util.Map;
import java.util.Optional;

/**
 * What the image says.
 *
 * @param id the image's id; empty when a server boots from a volume
 * @param diskFormat the recorded format, for example {@code qcow2}
 * @param properties for example {@code hw_architecture=x86_64}
 */
public record ImageRequirements(Optional<String> id, Optional<String> diskFormat, Map<String, String> properties) {
    /** Keeps a copy. */
    public ImageRequirements {
        properties = Map.copyOf(properties);
    }

    /** An image that asks for nothing. */
    public static ImageRequirements none() {
        return new ImageRequirements(Optional.empty(), Optional.empty(), Map.of());
    }

    /** A property, if it is there and not empty. */
    public Optional<String> property(String key) {
        return Optional.ofNullable(properties.get(key)).filter(value -> !value.isEmpty());
    }
}
