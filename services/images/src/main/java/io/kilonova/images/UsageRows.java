package io.kilonova.images;

import static io.kilonova.images.ImageTables.USAGE;
import static io.kilonova.images.ImageTables.USAGE_COUNT;
import static io.kilonova.images.ImageTables.USAGE_PROJECT;
import static io.kilonova.images.ImageTables.USAGE_SIZE;

import org.jooq.DSLContext;

/** What each project's images come to. Limits are conditions of the update itself: two at once cannot both pass. */
final class UsageRows {
    /** What one project has. */
    record Usage(long images, long bytes) {}

    private UsageRows() {}

    static Usage of(DSLContext sql, String project) {
        return sql.select(USAGE_COUNT, USAGE_SIZE)
                .from(USAGE)
                .where(USAGE_PROJECT.eq(project))
                .fetchOptional(row -> new Usage(row.value1(), row.value2()))
                .orElse(new Usage(0, 0));
    }

    /** Counts one more image, with the bytes it already has. */
    static void take(DSLContext sql, String project, long bytes, ImageOptions options) {
        sql.insertInto(USAGE, USAGE_PROJECT, USAGE_COUNT, USAGE_SIZE)
                .values(project, 0L, 0L)
                .onConflictDoNothing()
                .execute();
        int taken = sql.update(USAGE)
                .set(USAGE_COUNT, USAGE_COUNT.plus(1))
                .where(USAGE_PROJECT.eq(project))
                .and(USAGE_COUNT.lt(options.maximumProjectImages()))
                .execute();
        if (taken == 0) {
            throw ImageError.QUOTA_EXCEEDED.with("image_count_total", options.maximumProjectImages());
        }
        takeBytes(sql, project, bytes, options);
    }

    /** Counts more bytes of an image that is counted. */
    static void takeBytes(DSLContext sql, String project, long bytes, ImageOptions options) {
        int taken = sql.update(USAGE)
                .set(USAGE_SIZE, USAGE_SIZE.plus(bytes))
                .where(USAGE_PROJECT.eq(project))
                .and(USAGE_SIZE.le(options.maximumProjectBytes() - bytes))
                .execute();
        if (taken == 0) {
            throw ImageError.QUOTA_EXCEEDED.with("image_size_total in bytes", options.maximumProjectBytes());
        }
    }

    /** Counts images and bytes that are gone. */
    static void giveBack(DSLContext sql, String project, long images, long bytes) {
        sql.update(USAGE)
                .set(USAGE_COUNT, USAGE_COUNT.minus(images))
                .set(USAGE_SIZE, USAGE_SIZE.minus(bytes))
                .where(USAGE_PROJECT.eq(project))
                .execute();
    }
}
