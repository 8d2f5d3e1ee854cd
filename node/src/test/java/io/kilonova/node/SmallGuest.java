package io.kilonova.node;

import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A guest without cards, of an image that nobody looks at. */
final class SmallGuest {
    private SmallGuest() {}

    static GuestSpecification called(String id) {
        return new GuestSpecification(
                id,
                "instance-00000001",
                "guest",
                1,
                64,
                0,
                0,
                0,
                new ImageReference("image", ImageFormat.RAW, 1, 1, "00"),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Map.of());
    }
}
