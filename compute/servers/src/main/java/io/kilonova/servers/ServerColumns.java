package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.when;

import java.util.List;
import java.util.stream.Stream;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.CustomField;
import org.jooq.impl.SQLDataType;

/** The columns of {@code servers}, in the order in which a row is read. */
final class ServerColumns {
    static final Table<Record> SERVERS = table(name("servers"));

    /** Servers that are gone, with the same columns. */
    static final Table<Record> DELETED_SERVERS = table(name("deleted_servers"));

    static final Field<String> ID = text("id");
    static final Field<Long> NUMBER = number("number");
    static final Field<String> PROJECT_ID = text("project_id");
    static final Field<String> USER_ID = text("user_id");
    static final Field<String> NAME = text("name");
    static final Field<String> HOSTNAME = text("hostname");
    static final Field<String> DESCRIPTION = text("description");
    static final Field<String> VM_STATE = text("vm_state");
    static final Field<String> TASK_STATE = text("task_state");
    static final Field<String> POWER_STATE = text("power_state");
    static final Field<Long> PROGRESS_PERCENT = number("progress_percent");
    static final Field<String> LOCKED_BY = text("locked_by");
    static final Field<String> LOCKED_REASON = text("locked_reason");
    static final Field<String> FAULT = text("fault");
    static final Field<String> HOST = text("host");
    static final Field<String> ZONE = text("zone");
    static final Field<String> FLAVOR_ID = text("flavor_id");
    static final Field<String> FLAVOR = text("flavor");
    static final Field<String> IMAGE_ID = text("image_id");
    static final Field<String> IMAGE = text("image");
    static final Field<String> KEY_NAME = text("key_name");
    static final Field<Boolean> CONFIG_DRIVE = field(name("config_drive"), Boolean.class);
    static final Field<Long> LAUNCH_INDEX = number("launch_index");
    static final Field<String> RESERVATION_ID = text("reservation_id");
    static final Field<String> ACCESS_IP_V4 = text("access_ip_v4");
    static final Field<String> ACCESS_IP_V6 = text("access_ip_v6");
    static final Field<String> DISK_CONFIG = text("disk_config");
    static final Field<String> SETTINGS = text("settings");
    static final Field<String> USER_DATA = text("user_data");
    static final Field<String> METADATA = text("metadata");
    static final Field<String> TAGS = text("tags");
    static final Field<String> CARDS = text("cards");
    /** The fixed and floating addresses between commas, for the filters {@code ip} and {@code ip6}. */
    static final Field<String> ADDRESSES = text("addresses");

    static final Field<Long> CREATED_AT = number("created_at");
    static final Field<Long> UPDATED_AT = number("updated_at");
    static final Field<Long> LAUNCHED_AT = number("launched_at");

    static final List<Field<?>> ALL = List.of(
            ID,
            NUMBER,
            PROJECT_ID,
            USER_ID,
            NAME,
            HOSTNAME,
            DESCRIPTION,
            VM_STATE,
            TASK_STATE,
            POWER_STATE,
            PROGRESS_PERCENT,
            LOCKED_BY,
            LOCKED_REASON,
            FAULT,
            HOST,
            ZONE,
            FLAVOR_ID,
            FLAVOR,
            IMAGE_ID,
            IMAGE,
            KEY_NAME,
            CONFIG_DRIVE,
            LAUNCH_INDEX,
            RESERVATION_ID,
            ACCESS_IP_V4,
            ACCESS_IP_V6,
            DISK_CONFIG,
            SETTINGS,
            USER_DATA,
            METADATA,
            TAGS,
            CARDS,
            CREATED_AT,
            UPDATED_AT,
            LAUNCHED_AT);

    static final Field<String> KERNEL_ID = within(IMAGE, "kernel", "id");
    static final Field<String> RAMDISK_ID = within(IMAGE, "ramdisk", "id");
    static final Field<String> ROOT_DEVICE_NAME = within(SETTINGS, "rootDeviceName");

    /** When a server went; null for those that are there. */
    static final Field<Long> TERMINATED_AT = when(VM_STATE.eq(VmState.DELETED.label()), UPDATED_AT);

    private ServerColumns() {}

    /** The columns of a row: those that are read, and what is only searched. */
    static List<Field<?>> stored() {
        return Stream.concat(ALL.stream(), Stream.of(ADDRESSES)).toList();
    }

    /** A text within a column that holds a JSON document; null where it has none. */
    static Field<String> within(Field<String> document, String... path) {
        String parameters = String.join(",", path);
        return CustomField.of(
                "within_" + document.getName() + "_" + String.join("_", path),
                SQLDataType.CLOB,
                context -> context.visit(
                        context.dialect() == SQLDialect.POSTGRES
                                ? field("({0}::json #>> {1}::text[])", document, inline("{" + parameters + "}"))
                                : field("json_extract({0}, {1})", document, inline("$." + String.join(".", path)))));
    }

    /** A number within a column that holds a JSON document. */
    static Field<Long> numberWithin(Field<String> document, String name) {
        return within(document, name).cast(SQLDataType.BIGINT);
    }

    private static Field<String> text(String column) {
        return field(name(column), String.class);
    }

    private static Field<Long> number(String column) {
        return field(name(column), Long.class);
    }
}
