package io.kilonova.simulation;

import io.kilonova.access.Visibility;
import io.kilonova.images.ContainerFormat;
import io.kilonova.images.DiskFormat;
import io.kilonova.images.Image;
import io.kilonova.images.ImageAttributes;
import io.kilonova.images.ImageData;
import io.kilonova.images.ImageQuery;
import io.kilonova.images.ImageStatus;
import io.kilonova.images.ImageVisibility;
import io.kilonova.images.Images;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** An image service that has one image, and never another. */
final class OneImage implements Images {
    static final String ID = "11111111-1111-4111-8111-111111111111";

    private final Image image = new Image(
            ID,
            new ImageAttributes(
                    "administrator",
                    Optional.of("guest"),
                    ImageVisibility.PUBLIC,
                    Optional.of(DiskFormat.QCOW2),
                    Optional.of(ContainerFormat.BARE),
                    0,
                    0,
                    false,
                    false,
                    new TreeMap<>(),
                    new TreeSet<>()),
            ImageStatus.ACTIVE,
            Optional.of(new ImageData(1 << 20, 1 << 24, "0", "0")),
            Instant.ofEpochMilli(World.BEGINNING_MILLIS),
            Instant.ofEpochMilli(World.BEGINNING_MILLIS));

    @Override
    public Optional<Image> find(Visibility visibility, String id) {
        return id.equals(ID) ? Optional.of(image) : Optional.empty();
    }

    @Override
    public List<Image> list(Visibility visibility, ImageQuery query) {
        return List.of(image);
    }

    @Override
    public InputStream open(Visibility visibility, String id) {
        return InputStream.nullInputStream();
    }

    @Override
    public Image create(ImageAttributes attributes) {
        throw new UnsupportedOperationException("no image is made in a simulation");
    }

    @Override
    public Image store(Visibility visibility, String id, InputStream bytes) {
        throw new UnsupportedOperationException("no image is made in a simulation");
    }

    @Override
    public void delete(Visibility visibility, String id) {
        throw new UnsupportedOperationException("no image is deleted in a simulation");
    }
}
