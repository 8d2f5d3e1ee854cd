package io.kilonova.placement;

import static io.kilonova.placement.PlacementTables.CUSTOM_CLASSES;
import static io.kilonova.placement.PlacementTables.INVENTORIES;
import static io.kilonova.placement.PlacementTables.NAME;
import static io.kilonova.placement.PlacementTables.RESOURCE_CLASS;

import io.kilonova.storage.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jooq.DSLContext;

/** Kinds of resources: the standard ones, in the order of OpenStack's os-resource-classes, and those that operators made. */
public final class ResourceClasses {
    /** Virtual processors. */
    public static final String VCPU = "VCPU";

    /** Memory in MiB. */
    public static final String MEMORY_MB = "MEMORY_MB";

    /** Disk in GiB. */
    public static final String DISK_GB = "DISK_GB";

    static final List<String> STANDARD = List.of(
            VCPU,
            MEMORY_MB,
            DISK_GB,
            "PCI_DEVICE",
            "SRIOV_NET_VF",
            "NUMA_SOCKET",
            "NUMA_CORE",
            "NUMA_THREAD",
            "NUMA_MEMORY_MB",
            "IPV4_ADDRESS",
            "VGPU",
            "VGPU_DISPLAY_HEAD",
            "NET_BW_EGR_KILOBIT_PER_SEC",
            "NET_BW_IGR_KILOBIT_PER_SEC",
            "PCPU",
            "MEM_ENCRYPTION_CONTEXT",
            "FPGA",
            "PGPU",
            "NET_PACKET_RATE_KILOPACKET_PER_SEC",
            "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC",
            "NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC");

    private static final Set<String> REPORTED = Set.of(VCPU, MEMORY_MB, DISK_GB);
    private static final String CUSTOM = "CUSTOM_[A-Z0-9_]{1,248}";

    private ResourceClasses() {}

    /** Whether nodes report a class, so that it goes away when they no longer do. */
    static boolean reportedByHosts(String name) {
        return REPORTED.contains(name);
    }

    /** All names, the standard ones first. */
    public static List<String> all(DSLContext sql) {
        List<String> names = new ArrayList<>(STANDARD);
        names.addAll(sql.select(NAME).from(CUSTOM_CLASSES).orderBy(NAME).fetch(NAME));
        return names;
    }

    /** Whether there is a class of that name. */
    public static boolean exists(DSLContext sql, String name) {
        return STANDARD.contains(name) || sql.fetchExists(CUSTOM_CLASSES, NAME.eq(name));
    }

    /** Refuses a class that is not there. */
    static void requireKnown(DSLContext sql, String name) {
        if (!exists(sql, name)) {
            throw PlacementError.RESOURCE_CLASS_UNKNOWN.with(name);
        }
    }

    /** Makes a class; false when it was there. Its name must begin with {@code CUSTOM_}. */
    public static boolean create(Transaction transaction, String name) {
        requireCustomName(name);
        return transaction
                        .sql()
                        .insertInto(CUSTOM_CLASSES)
                        .columns(NAME)
                        .values(name)
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    /** Removes a class that no inventory has. */
    public static void delete(Transaction transaction, String name) {
        DSLContext sql = transaction.sql();
        if (STANDARD.contains(name)) {
            throw PlacementError.RESOURCE_CLASS_STANDARD.with(name);
        }
        if (sql.fetchExists(INVENTORIES, RESOURCE_CLASS.eq(name))) {
            throw PlacementError.RESOURCE_CLASS_IN_USE.with(name);
        }
        if (sql.deleteFrom(CUSTOM_CLASSES).where(NAME.eq(name)).execute() == 0) {
            throw PlacementError.RESOURCE_CLASS_NOT_FOUND.with(name);
        }
    }

    static void requireCustomName(String name) {
        if (!name.matches(CUSTOM)) {
            throw PlacementError.NAME_NOT_CUSTOM.with(name);
        }
    }
}
