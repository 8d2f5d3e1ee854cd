package io.kilonova.images;

import static io.kilonova.images.ImageTables.*;

import io.kilonova.access.Visibility;
import io.kilonova.errors.ServiceException;
import io.kilonova.storage.Database;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/**
 * How images get their bytes. An upload claims its image by writing its own id into the row; whatever ends it but success
 * makes the image queued again. A claim of a process that died is recognised by its file, which nobody holds any more, and
 * counts for nothing.
 */
final class ImageUploads {
    private final Database database;
    private final ImageOptions options;
    private final ImageFiles files;
    private final InstantSource clock;
    private final Supplier<UUID> ids;

    ImageUploads(Database database, ImageOptions options, ImageFiles files, InstantSource clock, Supplier<UUID> ids) {
        this.database = database;
        this.options = options;
        this.files = files;
        this.clock = clock;
        this.ids = ids;
    }

    /** An image that is claimed. */
    private record Claim(Image image, long remainingBytes) {}

    /** Takes the bytes of a queued image, checks them and makes it active. */
    Image store(Visibility visibility, String id, InputStream bytes) {
        return upload(visibility, id, bytes, ImageStatus.SAVING);
    }

    /** Takes the bytes of a queued image and keeps them until they are imported. */
    Image stage(Visibility visibility, String id, InputStream bytes) {
        return upload(visibility, id, bytes, ImageStatus.UPLOADING);
    }

    private Image upload(Visibility visibility, String id, InputStream bytes, ImageStatus during) {
        String upload = ids.get().toString();
        requireReady(visibility, id, during);
        try (ImageArrival arrival = files.arrive(id, upload)) {
            Claim claim = claim(visibility, id, upload, during);
            boolean done = false;
            try {
                receive(arrival, bytes, claim.remainingBytes());
                long virtualSizeBytes = during == ImageStatus.SAVING ? inspect(claim.image(), arrival.bytes()) : 0;
                ImageData data = arrival.keep(files.folder(), virtualSizeBytes);
                // From here on a row may name the file, even when the commit's answer is lost.
                arrival.belongs(true);
                Image image = finish(id, upload, arrival.name(), data, during);
                done = true;
                return image;
            } finally {
                if (!done) {
                    release(id, upload);
                    arrival.belongs(isNamed(id, arrival.name()));
                }
            }
        }
    }

    private void requireReady(Visibility visibility, String id, ImageStatus during) {
        Image image = database.read(sql -> ImageRows.find(sql, visibility, id))
                .orElseThrow(() -> ImageError.IMAGE_NOT_FOUND.with(ImageIds.shown(id)))
                .image();
        BuiltInImages.requireOwner(visibility, image);
        if (during == ImageStatus.SAVING) {
            requireFormats(image);
        }
    }

    private static void requireFormats(Image image) {
        if (image.diskFormat().isEmpty() || image.containerFormat().isEmpty()) {
            throw ImageError.FORMAT_MISSING.with();
        }
    }

    private Claim claim(Visibility visibility, String id, String upload, ImageStatus during) {
        return database.write(transaction -> {
            DSLContext sql = transaction.sql();
            ImageRows.Stored stored = ImageRows.lock(sql, visibility, id);
            Image image = stored.image();
            BuiltInImages.requireOwner(visibility, image);
            boolean abandoned = stored.uploadId()
                    .filter(other -> files.isAbandoned(id, other))
                    .isPresent();
            if (image.status() != ImageStatus.QUEUED && !abandoned) {
                throw ImageError.WRONG_STATUS.with(id, image.status().label(), ImageStatus.QUEUED.label());
            }
            if (during == ImageStatus.SAVING) {
                requireFormats(image);
            }
            requireFewUploads(sql, image.owner());
            sql.update(IMAGES)
                    .set(STATUS, during.label())
                    .set(UPLOAD, upload)
                    .set(UPDATED_AT, clock.millis())
                    .where(ID.eq(id))
                    .execute();
            long remaining = options.maximumProjectBytes()
                    - UsageRows.of(sql, image.owner()).bytes();
            return new Claim(image, remaining);
        });
    }

    private void requireFewUploads(DSLContext sql, String owner) {
        if (underWay(sql, owner) >= options.maximumProjectUploads()) {
            throw ImageError.QUOTA_EXCEEDED.with("image_count_uploading", options.maximumProjectUploads());
        }
    }

    private static int underWay(DSLContext sql, String owner) {
        return sql.fetchCount(
                IMAGES,
                OWNER.eq(owner)
                        .and(STATUS.in(ImageStatus.SAVING.label(), ImageStatus.UPLOADING.label()))
                        .and(UPLOAD.isNotNull()));
    }

    /** How many images of a project have bytes arriving. */
    long underWay(String owner) {
        return database.read(sql -> underWay(sql, owner));
    }

    private void receive(ImageArrival arrival, InputStream bytes, long remaining) {
        if (remaining < options.maximumImageBytes()) {
            arrival.receive(bytes, remaining, this::quotaExceeded);
        } else {
            arrival.receive(
                    bytes,
                    options.maximumImageBytes(),
                    () -> ImageError.IMAGE_TOO_LARGE.with(options.maximumImageBytes()));
        }
    }

    private ServiceException quotaExceeded() {
        return ImageError.QUOTA_EXCEEDED.with("image_size_total in bytes", options.maximumProjectBytes());
    }

    private static long inspect(Image image, DiskBytes bytes) {
        try {
            return switch (FormatInspection.inspect(image.diskFormat().orElseThrow(), bytes)) {
                case FormatVerdict.Admitted(long virtualSizeBytes) -> virtualSizeBytes;
                case FormatVerdict.Refused(String reason) -> throw ImageError.CONTENT_REFUSED.with(reason);
            };
        } catch (IOException exception) {
            throw ImageArrival.failure(exception);
        }
    }

    private static Condition claimed(String id, String upload) {
        return ID.eq(id).and(UPLOAD.eq(upload));
    }

    private Image finish(String id, String upload, String file, ImageData data, ImageStatus during) {
        return database.write(transaction -> {
            DSLContext sql = transaction.sql();
            boolean active = during == ImageStatus.SAVING;
            int finished = sql.update(IMAGES)
                    .set(STATUS, active ? ImageStatus.ACTIVE.label() : during.label())
                    .setNull(UPLOAD)
                    .set(FILE, file)
                    .set(SIZE, data.sizeBytes())
                    .set(VIRTUAL_SIZE, active ? (Long) data.virtualSizeBytes() : null)
                    .set(MD5, data.md5())
                    .set(SHA512, data.sha512())
                    .set(UPDATED_AT, clock.millis())
                    .where(claimed(id, upload))
                    .execute();
            if (finished == 0) {
                throw ImageError.IMAGE_GONE.with(id);
            }
            Image image = ImageRows.find(sql, Visibility.everything(), id)
                    .orElseThrow()
                    .image();
            UsageRows.takeBytes(sql, image.owner(), data.sizeBytes(), options);
            return image;
        });
    }

    private void release(String id, String upload) {
        database.change(transaction -> transaction
                .sql()
                .update(IMAGES)
                .set(STATUS, ImageStatus.QUEUED.label())
                .setNull(UPLOAD)
                .set(UPDATED_AT, clock.millis())
                .where(claimed(id, upload))
                .execute());
    }

    /**
     * Makes an image active whose bytes are staged. Only tables within the file are read: it takes milliseconds however
     * large the image is. Bytes that are refused are dropped, and the image is queued again.
     */
    Image importStaged(Visibility visibility, String id) {
        ImageRows.Stored stored = database.read(sql -> ImageRows.find(sql, visibility, id))
                .orElseThrow(() -> ImageError.IMAGE_NOT_FOUND.with(ImageIds.shown(id)));
        BuiltInImages.requireOwner(visibility, stored.image());
        if (stored.image().status() != ImageStatus.UPLOADING
                || stored.fileName().isEmpty()) {
            throw ImageError.WRONG_STATUS.with(
                    id, stored.image().status().label(), ImageStatus.UPLOADING.label() + ", with its bytes staged");
        }
        requireFormats(stored.image());
        String file = stored.fileName().get();
        try (FileChannel channel = files.open(file).orElseThrow(() -> ImageError.DATA_MISSING.with(id))) {
            long virtualSizeBytes = inspect(stored.image(), DiskBytes.of(channel, stored.storedBytes()));
            return activate(stored.image(), file, virtualSizeBytes);
        } catch (ServiceException exception) {
            if (exception.code() == ImageError.CONTENT_REFUSED) {
                drop(stored);
            }
            throw exception;
        } catch (IOException exception) {
            throw ImageArrival.failure(exception);
        }
    }

    private Image activate(Image image, String file, long virtualSizeBytes) {
        return database.write(transaction -> {
            DSLContext sql = transaction.sql();
            // The format is part of the condition: what was checked is what becomes active.
            int activated = sql.update(IMAGES)
                    .set(STATUS, ImageStatus.ACTIVE.label())
                    .set(VIRTUAL_SIZE, virtualSizeBytes)
                    .set(UPDATED_AT, clock.millis())
                    .where(ID.eq(image.id()))
                    .and(FILE.eq(file))
                    .and(STATUS.eq(ImageStatus.UPLOADING.label()))
                    .and(DISK_FORMAT.eq(image.diskFormat().orElseThrow().label()))
                    .execute();
            if (activated == 0) {
                throw ImageError.IMAGE_GONE.with(image.id());
            }
            return ImageRows.find(sql, Visibility.everything(), image.id())
                    .orElseThrow()
                    .image();
        });
    }

    private void drop(ImageRows.Stored stored) {
        String id = stored.image().id();
        String file = stored.fileName().orElseThrow();
        boolean dropped = database.write(transaction -> {
            DSLContext sql = transaction.sql();
            int changed = sql.update(IMAGES)
                    .set(STATUS, ImageStatus.QUEUED.label())
                    .setNull(FILE)
                    .setNull(SIZE)
                    .setNull(MD5)
                    .setNull(SHA512)
                    .set(UPDATED_AT, clock.millis())
                    .where(ID.eq(id))
                    .and(FILE.eq(file))
                    .and(STATUS.eq(ImageStatus.UPLOADING.label()))
                    .execute();
            if (changed == 1) {
                UsageRows.giveBack(sql, stored.image().owner(), 0, stored.storedBytes());
            }
            return changed == 1;
        });
        if (dropped) {
            files.delete(file);
        }
    }

    /** Undoes uploads whose process is gone, and sweeps away files that belong to nothing. */
    void recover() {
        List<String[]> claims = database.read(sql -> sql.select(ID, UPLOAD)
                .from(IMAGES)
                .where(STATUS.in(ImageStatus.SAVING.label(), ImageStatus.UPLOADING.label()))
                .and(UPLOAD.isNotNull())
                .fetch(row -> new String[] {row.value1(), row.value2()}));
        for (String[] claim : claims) {
            if (files.isAbandoned(claim[0], claim[1])) {
                release(claim[0], claim[1]);
            }
        }
        files.sweep(this::isNamed);
    }

    private boolean isNamed(String id, String file) {
        return database.read(sql ->
                sql.fetchExists(DSL.selectOne().from(IMAGES).where(ID.eq(id)).and(FILE.eq(file))));
    }
}
