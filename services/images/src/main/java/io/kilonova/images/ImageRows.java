package io.kilonova.images;

import static io.kilonova.images.ImageTables.*;

import io.kilonova.access.Visibility;
import io.kilonova.storage.Database;
import io.kilonova.storage.FixedStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Result;
import org.jooq.SQLDialect;
import org.jooq.SelectConditionStep;
import org.jooq.impl.DSL;

/** Reads and writes images. Every look-up carries who looks. */
final class ImageRows {
    static final List<Field<?>> COLUMNS = List.of(
            ID,
            OWNER,
            NAME,
            STATUS,
            VISIBILITY,
            DISK_FORMAT,
            CONTAINER_FORMAT,
            MINIMUM_DISK,
            MINIMUM_MEMORY,
            GUARDED,
            HIDDEN,
            UPLOAD,
            FILE,
            SIZE,
            VIRTUAL_SIZE,
            MD5,
            SHA512,
            CREATED_AT,
            UPDATED_AT);

    private static final FixedStatement FIND =
            FixedStatement.of(sql -> sql.select(COLUMNS).from(IMAGES).where(ID.eq("")));
    private static final FixedStatement FIND_VISIBLE = FixedStatement.of(
            sql -> sql.select(COLUMNS).from(IMAGES).where(ID.eq("")).and(visibleTo(Visibility.of(""))));
    private static final FixedStatement FIND_PROPERTIES = FixedStatement.of(
            sql -> sql.select(PROPERTY_NAME, PROPERTY_VALUE).from(PROPERTIES).where(PROPERTY_IMAGE.eq("")));
    private static final FixedStatement FIND_TAGS =
            FixedStatement.of(sql -> sql.select(TAG).from(TAGS).where(TAG_IMAGE.eq("")));

    /**
     * An image with what only this room knows of it.
     *
     * @param image the image
     * @param uploadId names the upload that is under way
     * @param fileName the file that holds its bytes, or its staged bytes
     * @param storedBytes the length of that file, 0 without one
     */
    record Stored(Image image, Optional<String> uploadId, Optional<String> fileName, long storedBytes) {}

    private ImageRows() {}

    /** What a project may see: its own, public and community images, and those shared with it. */
    static Condition visibleTo(Visibility visibility) {
        if (visibility.projectId().isEmpty()) {
            return DSL.trueCondition();
        }
        String project = visibility.projectId().get();
        return OWNER.eq(project)
                .or(VISIBILITY.in(
                        DSL.inline(ImageVisibility.PUBLIC.label()), DSL.inline(ImageVisibility.COMMUNITY.label())))
                .or(VISIBILITY
                        .eq(DSL.inline(ImageVisibility.SHARED.label()))
                        .and(DSL.exists(DSL.selectOne()
                                .from(MEMBERS)
                                .where(MEMBER_IMAGE.eq(ID))
                                .and(MEMBER.eq(project)))));
    }

    /** An image that {@code visibility} sees. */
    static Optional<Stored> find(DSLContext sql, Visibility visibility, String id) {
        return ImageIds.isPossible(id) ? stored(FixedStatement.fetchAll(sql, asked(visibility, id))) : Optional.empty();
    }

    /** The same by a read of its own. */
    static Optional<Stored> find(Database database, Visibility visibility, String id) {
        return ImageIds.isPossible(id) ? stored(database.fetchAll(asked(visibility, id))) : Optional.empty();
    }

    private static FixedStatement.Asked[] asked(Visibility visibility, String id) {
        FixedStatement.Asked image = visibility
                .projectId()
                .map(project -> FIND_VISIBLE.with(id, project, project))
                .orElseGet(() -> FIND.with(id));
        return new FixedStatement.Asked[] {image, FIND_PROPERTIES.with(id), FIND_TAGS.with(id)};
    }

    private static Optional<Stored> stored(List<Result<Record>> found) {
        SortedMap<String, String> properties = new TreeMap<>();
        found.get(1).forEach(row -> properties.put(row.get(PROPERTY_NAME), row.get(PROPERTY_VALUE)));
        SortedSet<String> tags = new TreeSet<>();
        found.get(2).forEach(row -> tags.add(row.get(TAG)));
        return found.getFirst().stream().findFirst().map(row -> stored(row, properties, tags));
    }

    /** An image that {@code visibility} sees, held until the transaction ends. */
    static Stored lock(DSLContext sql, Visibility visibility, String id) {
        return lockAny(sql, id)
                .flatMap(any -> find(sql, visibility, id))
                .orElseThrow(() -> ImageError.IMAGE_NOT_FOUND.with(ImageIds.shown(id)));
    }

    private static Optional<String> lockAny(DSLContext sql, String id) {
        if (!ImageIds.isPossible(id)) {
            return Optional.empty();
        }
        SelectConditionStep<Record1<String>> row = sql.select(ID).from(IMAGES).where(ID.eq(id));
        // SQLite has one writer, and no words for a lock.
        return sql.dialect() == SQLDialect.POSTGRES ? row.forUpdate().fetchOptional(ID) : row.fetchOptional(ID);
    }

    /** Images from their rows, with their tags and properties: three statements for any number. */
    static List<Stored> read(DSLContext sql, List<? extends Record> rows) {
        List<String> ids = rows.stream().map(row -> row.get(ID)).toList();
        Map<String, SortedMap<String, String>> properties = new HashMap<>();
        Map<String, SortedSet<String>> tags = new HashMap<>();
        if (!ids.isEmpty()) {
            sql.select(PROPERTY_IMAGE, PROPERTY_NAME, PROPERTY_VALUE)
                    .from(PROPERTIES)
                    .where(PROPERTY_IMAGE.in(ids))
                    .forEach(row -> properties
                            .computeIfAbsent(row.value1(), id -> new TreeMap<>())
                            .put(row.value2(), row.value3()));
            sql.select(TAG_IMAGE, TAG)
                    .from(TAGS)
                    .where(TAG_IMAGE.in(ids))
                    .forEach(row -> tags.computeIfAbsent(row.value1(), id -> new TreeSet<>())
                            .add(row.value2()));
        }
        List<Stored> images = new ArrayList<>(rows.size());
        for (Record row : rows) {
            String id = row.get(ID);
            images.add(
                    stored(row, properties.getOrDefault(id, new TreeMap<>()), tags.getOrDefault(id, new TreeSet<>())));
        }
        return images;
    }

    private static Stored stored(Record row, SortedMap<String, String> properties, SortedSet<String> tags) {
        ImageAttributes attributes = new ImageAttributes(
                row.get(OWNER),
                Optional.ofNullable(row.get(NAME)),
                ImageVisibility.of(row.get(VISIBILITY)).orElseThrow(),
                Optional.ofNullable(row.get(DISK_FORMAT)).flatMap(DiskFormat::of),
                Optional.ofNullable(row.get(CONTAINER_FORMAT)).flatMap(ContainerFormat::of),
                row.get(MINIMUM_DISK),
                row.get(MINIMUM_MEMORY),
                row.get(GUARDED),
                row.get(HIDDEN),
                properties,
                tags);
        ImageStatus status = ImageStatus.of(row.get(STATUS)).orElseThrow();
        boolean there = status == ImageStatus.ACTIVE || status == ImageStatus.DEACTIVATED;
        Optional<ImageData> data = there
                ? Optional.of(new ImageData(row.get(SIZE), row.get(VIRTUAL_SIZE), row.get(MD5), row.get(SHA512)))
                : Optional.empty();
        Image image = new Image(
                row.get(ID),
                attributes,
                status,
                data,
                Instant.ofEpochMilli(row.get(CREATED_AT)),
                Instant.ofEpochMilli(row.get(UPDATED_AT)));
        Long size = row.get(SIZE);
        return new Stored(
                image,
                Optional.ofNullable(row.get(UPLOAD)),
                Optional.ofNullable(row.get(FILE)),
                size == null ? 0 : size);
    }

    /** Writes a new image; false when its id is taken. */
    static boolean insert(DSLContext sql, Image image) {
        ImageAttributes attributes = image.attributes();
        int inserted = sql.insertInto(IMAGES)
                .set(ID, image.id())
                .set(OWNER, attributes.owner())
                .set(NAME, attributes.name().orElse(null))
                .set(STATUS, image.status().label())
                .set(VISIBILITY, attributes.visibility().label())
                .set(DISK_FORMAT, attributes.diskFormat().map(DiskFormat::label).orElse(null))
                .set(
                        CONTAINER_FORMAT,
                        attributes.containerFormat().map(ContainerFormat::label).orElse(null))
                .set(MINIMUM_DISK, attributes.minimumDiskGibibytes())
                .set(MINIMUM_MEMORY, attributes.minimumMemoryMebibytes())
                .set(GUARDED, attributes.guarded())
                .set(HIDDEN, attributes.hidden())
                .set(CREATED_AT, image.createdAt().toEpochMilli())
                .set(UPDATED_AT, image.updatedAt().toEpochMilli())
                .onConflictDoNothing()
                .execute();
        if (inserted == 1) {
            addTags(sql, image.id(), attributes.tags());
            addProperties(sql, image.id(), attributes.properties());
        }
        return inserted == 1;
    }

    /** Writes what an owner changed, and nothing of what they did not. */
    static void update(DSLContext sql, Image before, ImageAttributes after, Instant now) {
        sql.update(IMAGES)
                .set(OWNER, after.owner())
                .set(NAME, after.name().orElse(null))
                .set(VISIBILITY, after.visibility().label())
                .set(DISK_FORMAT, after.diskFormat().map(DiskFormat::label).orElse(null))
                .set(
                        CONTAINER_FORMAT,
                        after.containerFormat().map(ContainerFormat::label).orElse(null))
                .set(MINIMUM_DISK, after.minimumDiskGibibytes())
                .set(MINIMUM_MEMORY, after.minimumMemoryMebibytes())
                .set(GUARDED, after.guarded())
                .set(HIDDEN, after.hidden())
                .set(UPDATED_AT, now.toEpochMilli())
                .where(ID.eq(before.id()))
                .execute();
        Set<String> lost = new HashSet<>(before.attributes().tags());
        lost.removeAll(after.tags());
        Set<String> gained = new HashSet<>(after.tags());
        gained.removeAll(before.attributes().tags());
        sql.deleteFrom(TAGS).where(TAG_IMAGE.eq(before.id())).and(TAG.in(lost)).execute();
        addTags(sql, before.id(), gained);
        Map<String, String> changed = new HashMap<>(after.properties());
        changed.entrySet().removeAll(before.properties().entrySet());
        Set<String> dropped = new HashSet<>(before.properties().keySet());
        dropped.removeIf(name -> after.properties().containsKey(name) && !changed.containsKey(name));
        sql.deleteFrom(PROPERTIES)
                .where(PROPERTY_IMAGE.eq(before.id()))
                .and(PROPERTY_NAME.in(dropped))
                .execute();
        addProperties(sql, before.id(), changed);
    }

    private static void addTags(DSLContext sql, String id, Set<String> tags) {
        if (!tags.isEmpty()) {
            sql.insertInto(TAGS, TAG_IMAGE, TAG)
                    .valuesOfRows(tags.stream().map(tag -> DSL.row(id, tag)).toList())
                    .execute();
        }
    }

    private static void addProperties(DSLContext sql, String id, Map<String, String> properties) {
        if (!properties.isEmpty()) {
            sql.insertInto(PROPERTIES, PROPERTY_IMAGE, PROPERTY_NAME, PROPERTY_VALUE)
                    .valuesOfRows(properties.entrySet().stream()
                            .map(property -> DSL.row(id, property.getKey(), property.getValue()))
                            .toList())
                    .execute();
        }
    }
}
