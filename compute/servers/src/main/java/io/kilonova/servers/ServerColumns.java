package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.List;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/** The columns of {@code servers}, in the order in which a row is read. */
final class ServerColumns {
    static final Table<Record> SERVERS = table(name("servers"));

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

    private ServerColumns() {}

    private static Field<String> text(String column) {
        return field(name(column), String.class);
    }

    private static Field<Long> number(String column) {
        return field(name(column), Long.class);
    }
}
