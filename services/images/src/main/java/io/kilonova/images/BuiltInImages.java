package io.kilonova.images;

import static io.kilonova.images.ImageTables.*;

import io.kilonova.access.Visibility;
import io.kilonova.storage.Database;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jooq.DSLContext;

/**
 * Images in this cloud's own database and folder. A row says what an image is, a file holds its bytes; the row is what
 * counts. A file is whole and on disk before a row names it, and a row is gone before its file is, so that a crash at any
 * instruction leaves at most a file that {@link #open} sweeps away.
 */
public final class BuiltInImages implements Images {
    private final Database database;
    private final ImageOptions options;
    private final InstantSource clock;
    private final Supplier<UUID> ids;
    private final ImageFiles files;
    private final ImageUploads uploads;

    private BuiltInImages(Database database, ImageOptions options, InstantSource clock, Supplier<UUID> ids) {
        this.database = database;
        this.options = options;
        this.clock = clock;
        this.ids = ids;
        this.files = ImageFiles.in(options.folder());
        this.uploads = new ImageUploads(database, options, files, clock, ids);
    }

    /**
     * The images of {@code database}, whose migrations of {@code db/images} are done. Uploads that a dead process left are
     * undone, and files that belong to no image are removed.
     *
     * @param ids where new ids come from, {@link UUID#randomUUID} but in simulations
     */
    public static BuiltInImages open(Database database, ImageOptions options, InstantSource clock, Supplier<UUID> ids) {
        BuiltInImages images = new BuiltInImages(database, options, clock, ids);
        images.uploads.recover();
        return images;
    }

    @Override
    public Optional<Image> find(Visibility visibility, String id) {
        return ImageRows.find(database, visibility, id).map(ImageRows.Stored::image);
    }

    /** The image of this id, or {@link ImageError#IMAGE_NOT_FOUND}. */
    Image require(Visibility visibility, String id) {
        return find(visibility, id).orElseThrow(() -> ImageError.IMAGE_NOT_FOUND.with(ImageIds.shown(id)));
    }

    @Override
    public List<Image> list(Visibility visibility, ImageQuery query) {
        return database.read(sql -> ImageListing.page(sql, visibility, query));
    }

    @Override
    public Image create(ImageAttributes attributes) {
        return create(ids.get().toString(), attributes);
    }

    /** A new image whose id is chosen by its owner. */
    Image create(String id, ImageAttributes attributes) {
        Instant now = now();
        Image image = new Image(id, attributes, ImageStatus.QUEUED, Optional.empty(), now, now);
        database.change(transaction -> {
            UsageRows.take(transaction.sql(), attributes.owner(), 0, options);
            if (!ImageRows.insert(transaction.sql(), image)) {
                throw ImageError.IMAGE_EXISTS.with(id);
            }
        });
        return image;
    }

    /**
     * Changes what is said of an image.
     *
     * @param change from what is said to what shall be said; may run more than once, and throws what it refuses
     */
    Image update(Visibility visibility, String id, BiFunction<DSLContext, Image, ImageAttributes> change) {
        return database.write(transaction -> {
            DSLContext sql = transaction.sql();
            ImageRows.Stored before = ImageRows.lock(sql, visibility, id);
            ImageAttributes after = change.apply(sql, before.image());
            if (!after.owner().equals(before.image().owner())) {
                UsageRows.giveBack(sql, before.image().owner(), 1, before.storedBytes());
                UsageRows.take(sql, after.owner(), before.storedBytes(), options);
            }
            ImageRows.update(sql, before.image(), after, now());
            return ImageRows.find(sql, Visibility.everything(), id)
                    .orElseThrow()
                    .image();
        });
    }

    /** Lets an image's bytes be read again, or by administrators alone. */
    Image activate(Visibility visibility, String id, ImageStatus wanted) {
        return database.write(transaction -> {
            DSLContext sql = transaction.sql();
            Image image = ImageRows.lock(sql, visibility, id).image();
            requireOwner(visibility, image);
            if (image.data().isEmpty()) {
                throw ImageError.ACTIVATION_REFUSED.with(id, image.status().label());
            }
            sql.update(IMAGES)
                    .set(STATUS, wanted.label())
                    .set(UPDATED_AT, now().toEpochMilli())
                    .where(ID.eq(id))
                    .execute();
            return ImageRows.find(sql, Visibility.everything(), id)
                    .orElseThrow()
                    .image();
        });
    }

    @Override
    public void delete(Visibility visibility, String id) {
        Optional<String> file = database.write(transaction -> {
            DSLContext sql = transaction.sql();
            ImageRows.Stored stored = ImageRows.lock(sql, visibility, id);
            requireOwner(visibility, stored.image());
            if (stored.image().attributes().guarded()) {
                throw ImageError.IMAGE_GUARDED.with(id);
            }
            sql.deleteFrom(IMAGES).where(ID.eq(id)).execute();
            UsageRows.giveBack(sql, stored.image().owner(), 1, stored.storedBytes());
            return stored.fileName();
        });
        file.ifPresent(files::delete);
    }

    @Override
    public InputStream open(Visibility visibility, String id) {
        return Channels.newInputStream(channel(visibility, id));
    }

    /** The stored bytes, open for reading. */
    FileChannel channel(Visibility visibility, String id) {
        ImageRows.Stored stored = database.read(sql -> ImageRows.find(sql, visibility, id))
                .orElseThrow(() -> ImageError.IMAGE_NOT_FOUND.with(ImageIds.shown(id)));
        Image image = stored.image();
        if (image.status() == ImageStatus.DEACTIVATED && visibility.projectId().isPresent()) {
            throw ImageError.IMAGE_DEACTIVATED.with(id);
        }
        if (image.data().isEmpty()) {
            throw ImageError.WRONG_STATUS.with(id, image.status().label(), ImageStatus.ACTIVE.label());
        }
        return files.open(stored.fileName().orElseThrow()).orElseThrow(() -> lost(visibility, id));
    }

    private RuntimeException lost(Visibility visibility, String id) {
        return find(visibility, id).isPresent()
                ? ImageError.DATA_MISSING.with(id)
                : ImageError.IMAGE_NOT_FOUND.with(id);
    }

    @Override
    public Image store(Visibility visibility, String id, InputStream bytes) {
        return uploads.store(visibility, id, bytes);
    }

    /** Bytes that arrive in steps: staged, then imported. */
    ImageUploads uploads() {
        return uploads;
    }

    /** What a project has. */
    UsageRows.Usage usage(String project) {
        return database.read(sql -> UsageRows.of(sql, project));
    }

    ImageOptions options() {
        return options;
    }

    Database database() {
        return database;
    }

    /** Milliseconds are what a row keeps. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Refuses who sees an image and does not own it. */
    static void requireOwner(Visibility visibility, Image image) {
        if (!visibility.sees(image.owner())) {
            throw ImageError.NOT_OWNER.with(image.id());
        }
    }
}
