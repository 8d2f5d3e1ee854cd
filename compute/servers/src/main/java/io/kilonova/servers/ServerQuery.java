package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.*;

import io.kilonova.access.Visibility;
import io.kilonova.storage.Keyset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * Which servers a list shows, in which order.
 *
 * @param visibility whose
 * @param scope whether servers that are gone are among them
 * @param filters all of which hold
 * @param sorts in order of weight
 * @param limit at most so many
 * @param marker the id of the last server of the page before
 */
public record ServerQuery(
        Visibility visibility,
        Scope scope,
        List<ServerFilter> filters,
        List<Sort> sorts,
        int limit,
        Optional<String> marker) {
    /** Servers that are there, those that are gone, or both. */
    public enum Scope {
        PRESENT,
        GONE,
        BOTH
    }

    /**
     * One sort key.
     *
     * @param key as the API names it
     * @param ascending the direction
     */
    public record Sort(String key, boolean ascending) {}

    private static final Map<String, Keyset.Key> KEYS = Map.ofEntries(
            Map.entry("access_ip_v4", Keyset.Key.nullable(ACCESS_IP_V4, true)),
            Map.entry("access_ip_v6", Keyset.Key.nullable(ACCESS_IP_V6, true)),
            Map.entry("auto_disk_config", Keyset.Key.of(DISK_CONFIG, true)),
            Map.entry("availability_zone", Keyset.Key.of(ZONE, true)),
            Map.entry("config_drive", Keyset.Key.of(CONFIG_DRIVE, true)),
            Map.entry("created_at", Keyset.Key.of(CREATED_AT, true)),
            Map.entry("display_description", Keyset.Key.nullable(DESCRIPTION, true)),
            Map.entry("display_name", Keyset.Key.of(NAME, true)),
            Map.entry("host", Keyset.Key.nullable(HOST, true)),
            Map.entry("hostname", Keyset.Key.of(HOSTNAME, true)),
            // Nova's own number of a server counts up with its age.
            Map.entry("id", Keyset.Key.of(NUMBER, true)),
            Map.entry("image_ref", Keyset.Key.nullable(IMAGE_ID, true)),
            Map.entry("instance_type_id", Keyset.Key.of(FLAVOR_ID, true)),
            Map.entry("architecture", property("hw_architecture")),
            Map.entry("deleted", Keyset.Key.nullable(TERMINATED_AT, true)),
            Map.entry("deleted_at", Keyset.Key.nullable(TERMINATED_AT, true)),
            Map.entry("ephemeral_gb", Keyset.Key.nullable(numberWithin(FLAVOR, "ephemeralDiskGibibytes"), true)),
            Map.entry("kernel_id", Keyset.Key.nullable(KERNEL_ID, true)),
            Map.entry("key_data", Keyset.Key.nullable(within(SETTINGS, "publicKey"), true)),
            Map.entry("key_name", Keyset.Key.nullable(KEY_NAME, true)),
            Map.entry("launch_index", Keyset.Key.of(LAUNCH_INDEX, true)),
            Map.entry("launched_at", Keyset.Key.nullable(LAUNCHED_AT, true)),
            Map.entry("launched_on", Keyset.Key.nullable(HOST, true)),
            Map.entry("locked", Keyset.Key.nullable(LOCKED_BY, true)),
            Map.entry("memory_mb", Keyset.Key.nullable(numberWithin(FLAVOR, "memoryMebibytes"), true)),
            Map.entry("os_type", property("os_type")),
            Map.entry("ramdisk_id", Keyset.Key.nullable(RAMDISK_ID, true)),
            Map.entry("reservation_id", Keyset.Key.of(RESERVATION_ID, true)),
            Map.entry("root_device_name", Keyset.Key.nullable(ROOT_DEVICE_NAME, true)),
            Map.entry("root_gb", Keyset.Key.nullable(numberWithin(FLAVOR, "rootDiskGibibytes"), true)),
            Map.entry("terminated_at", Keyset.Key.nullable(TERMINATED_AT, true)),
            Map.entry("user_data", Keyset.Key.nullable(USER_DATA, true)),
            Map.entry("vcpus", Keyset.Key.nullable(numberWithin(FLAVOR, "virtualCpus"), true)),
            Map.entry("vm_mode", property("hw_vm_mode")),
            Map.entry("locked_by", Keyset.Key.nullable(LOCKED_BY, true)),
            Map.entry("node", Keyset.Key.nullable(HOST, true)),
            Map.entry("power_state", Keyset.Key.of(POWER_STATE, true)),
            Map.entry("progress", Keyset.Key.of(PROGRESS_PERCENT, true)),
            Map.entry("project_id", Keyset.Key.of(PROJECT_ID, true)),
            Map.entry("task_state", Keyset.Key.nullable(TASK_STATE, true)),
            Map.entry("updated_at", Keyset.Key.of(UPDATED_AT, true)),
            Map.entry("user_id", Keyset.Key.of(USER_ID, true)),
            Map.entry("uuid", Keyset.Key.of(ID, true)),
            Map.entry("vm_state", Keyset.Key.of(VM_STATE, true)));

    /** What the API names, until 2.74, but is the same for all servers: it does not order them. */
    private static final Set<String> ALIKE = Set.of(
            "cell_name",
            "cleaned",
            "default_ephemeral_device",
            "default_swap_device",
            "disable_terminate",
            "ephemeral_key_uuid",
            "shutdown_terminate");

    private static Keyset.Key property(String name) {
        return Keyset.Key.nullable(within(IMAGE, "properties", name), true);
    }

    /** Whether every filter is decided by the database. */
    boolean decidedBySql() {
        return filters.stream().allMatch(ServerFilter::decidedBySql);
    }

    /** Whether the filters that the database cannot decide keep a server. */
    boolean keeps(Server server) {
        return filters.stream().allMatch(filter -> filter.keeps(server));
    }

    Condition condition() {
        List<Condition> conditions = new ArrayList<>();
        visibility.projectId().ifPresent(project -> conditions.add(PROJECT_ID.eq(project)));
        if (scope == Scope.GONE) {
            conditions.add(VM_STATE.in(VmState.DELETED.label(), VmState.SOFT_DELETED.label()));
        }
        filters.forEach(filter -> conditions.add(filter.condition()));
        return conditions.isEmpty() ? DSL.trueCondition() : DSL.and(conditions);
    }

    List<Keyset.Key> order() {
        List<Sort> all = new ArrayList<>(sorts);
        if (all.isEmpty()) {
            all.add(new Sort("created_at", false));
        }
        all.add(new Sort("uuid", all.getLast().ascending()));
        List<Keyset.Key> keys = new ArrayList<>();
        for (Sort sort : all) {
            if (ALIKE.contains(sort.key())) {
                continue;
            }
            Keyset.Key key = KEYS.get(sort.key());
            if (key == null) {
                throw ServerError.FILTER_INVALID.with("Servers cannot be sorted by " + sort.key());
            }
            if (keys.stream().noneMatch(known -> known.field().equals(key.field()))) {
                keys.add(new Keyset.Key(key.field(), sort.ascending(), key.nullable()));
            }
        }
        return endingUnique(keys);
    }

    /** A list sorted by id first needs no further keys, and must end with the id. */
    private static List<Keyset.Key> endingUnique(List<Keyset.Key> keys) {
        Field<?> unique = ID;
        int place = keys.stream().map(Keyset.Key::field).toList().indexOf(unique);
        return keys.subList(0, place + 1);
    }
}
