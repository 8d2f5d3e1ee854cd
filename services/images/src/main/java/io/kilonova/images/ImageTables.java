package io.kilonova.images;

import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/** The room's tables, as its migrations make them. */
final class ImageTables {
    static final Table<Record> IMAGES = DSL.table(DSL.name("images"));
    static final Field<String> ID = text("images", "id");
    static final Field<String> OWNER = text("images", "owner_id");
    static final Field<String> NAME = text("images", "image_name");
    static final Field<String> STATUS = text("images", "status");
    static final Field<String> VISIBILITY = text("images", "visibility");
    static final Field<String> DISK_FORMAT = text("images", "disk_format");
    static final Field<String> CONTAINER_FORMAT = text("images", "container_format");
    static final Field<Long> MINIMUM_DISK = number("images", "minimum_disk_gibibytes");
    static final Field<Long> MINIMUM_MEMORY = number("images", "minimum_memory_mebibytes");
    static final Field<Boolean> GUARDED = flag("is_guarded");
    static final Field<Boolean> HIDDEN = flag("is_hidden");
    static final Field<String> UPLOAD = text("images", "upload_id");
    static final Field<String> FILE = text("images", "file_name");
    static final Field<Long> SIZE = number("images", "size_bytes");
    static final Field<Long> VIRTUAL_SIZE = number("images", "virtual_size_bytes");
    static final Field<String> MD5 = text("images", "md5");
    static final Field<String> SHA512 = text("images", "sha512");
    static final Field<Long> CREATED_AT = number("images", "created_at");
    static final Field<Long> UPDATED_AT = number("images", "updated_at");

    static final Table<Record> PROPERTIES = DSL.table(DSL.name("image_properties"));
    static final Field<String> PROPERTY_IMAGE = text("image_properties", "image_id");
    static final Field<String> PROPERTY_NAME = text("image_properties", "property_name");
    static final Field<String> PROPERTY_VALUE = text("image_properties", "property_value");

    static final Table<Record> TAGS = DSL.table(DSL.name("image_tags"));
    static final Field<String> TAG_IMAGE = text("image_tags", "image_id");
    static final Field<String> TAG = text("image_tags", "tag");

    static final Table<Record> MEMBERS = DSL.table(DSL.name("image_members"));
    static final Field<String> MEMBER_IMAGE = text("image_members", "image_id");
    static final Field<String> MEMBER = text("image_members", "member_id");
    static final Field<String> MEMBER_STATUS = text("image_members", "status");
    static final Field<Long> MEMBER_CREATED_AT = number("image_members", "created_at");
    static final Field<Long> MEMBER_UPDATED_AT = number("image_members", "updated_at");

    static final Table<Record> USAGE = DSL.table(DSL.name("image_usage"));
    static final Field<String> USAGE_PROJECT = text("image_usage", "project_id");
    static final Field<Long> USAGE_COUNT = number("image_usage", "image_count");
    static final Field<Long> USAGE_SIZE = number("image_usage", "size_bytes");

    private ImageTables() {}

    private static Field<String> text(String table, String name) {
        return DSL.field(DSL.name(table, name), SQLDataType.CLOB);
    }

    private static Field<Long> number(String table, String name) {
        return DSL.field(DSL.name(table, name), SQLDataType.BIGINT);
    }

    private static Field<Boolean> flag(String name) {
        return DSL.field(DSL.name("images", name), SQLDataType.BOOLEAN);
    }
}
