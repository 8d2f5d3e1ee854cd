package io.kilonova.placement;

import static io.kilonova.placement.PlacementTables.CUSTOM_TRAITS;
import static io.kilonova.placement.PlacementTables.NAME;
import static io.kilonova.placement.PlacementTables.PROVIDER_TRAITS;
import static io.kilonova.placement.PlacementTables.TRAIT;

import io.kilonova.storage.Transaction;
import java.util.Set;
import java.util.TreeSet;
import org.jooq.DSLContext;

/**
 * Names of what providers can do. Names that operators made begin with {@code CUSTOM_}; others belong to OpenStack's
 * os-traits, of which those are known that a scheduler of this cloud asks for or that a node reported.
 */
public final class Traits {
    private static final Set<String> STANDARD = Set.of(
            "COMPUTE_NODE",
            "COMPUTE_STATUS_DISABLED",
            "COMPUTE_DEVICE_TAGGING",
            "COMPUTE_NET_ATTACH_INTERFACE",
            "COMPUTE_NET_VIF_MODEL_E1000",
            "COMPUTE_NET_VIF_MODEL_VIRTIO",
            "COMPUTE_IMAGE_TYPE_AKI",
            "COMPUTE_IMAGE_TYPE_AMI",
            "COMPUTE_IMAGE_TYPE_ARI",
            "COMPUTE_IMAGE_TYPE_ISO",
            "COMPUTE_IMAGE_TYPE_QCOW2",
            "COMPUTE_IMAGE_TYPE_RAW",
            "COMPUTE_IMAGE_TYPE_VMDK",
            "COMPUTE_STORAGE_BUS_IDE",
            "COMPUTE_STORAGE_BUS_SATA",
            "COMPUTE_STORAGE_BUS_SCSI",
            "COMPUTE_STORAGE_BUS_USB",
            "COMPUTE_STORAGE_BUS_VIRTIO",
            "COMPUTE_GRAPHICS_MODEL_VGA",
            "COMPUTE_GRAPHICS_MODEL_VIRTIO",
            "COMPUTE_VOLUME_ATTACH_WITH_TAG",
            "COMPUTE_VOLUME_EXTEND",
            "COMPUTE_VOLUME_MULTI_ATTACH",
            "COMPUTE_RESCUE_BFV",
            "COMPUTE_TRUSTED_CERTS",
            "HW_ARCH_AARCH64",
            "HW_ARCH_X86_64",
            "HW_CPU_HYPERTHREADING",
            "HW_CPU_X86_AESNI",
            "HW_CPU_X86_AVX",
            "HW_CPU_X86_AVX2",
            "HW_CPU_X86_AVX512F",
            "HW_CPU_X86_SSE2",
            "HW_CPU_X86_SSE41",
            "HW_CPU_X86_SSE42",
            "HW_CPU_X86_SVM",
            "HW_CPU_X86_VMX",
            "MISC_SHARES_VIA_AGGREGATE",
            "OWNER_CYBORG",
            "OWNER_NOVA",
            "STORAGE_DISK_HDD",
            "STORAGE_DISK_SSD");

    private Traits() {}

    /** All names that are known, in order. */
    public static Set<String> all(DSLContext sql) {
        Set<String> names = new TreeSet<>(STANDARD);
        names.addAll(sql.select(NAME).from(CUSTOM_TRAITS).fetch(NAME));
        names.addAll(used(sql));
        return names;
    }

    /** The names that some provider has. */
    public static Set<String> used(DSLContext sql) {
        return new TreeSet<>(sql.selectDistinct(TRAIT).from(PROVIDER_TRAITS).fetch(TRAIT));
    }

    /** Whether a name is known. */
    public static boolean exists(DSLContext sql, String name) {
        return STANDARD.contains(name)
                || sql.fetchExists(CUSTOM_TRAITS, NAME.eq(name))
                || sql.fetchExists(PROVIDER_TRAITS, TRAIT.eq(name));
    }

    /** Refuses names that are not known. */
    static void requireKnown(DSLContext sql, Set<String> names) {
        for (String name : names) {
            if (!exists(sql, name)) {
                throw PlacementError.TRAIT_UNKNOWN.with(name);
            }
        }
    }

    /** Makes a trait; false when it was there. Its name must begin with {@code CUSTOM_}. */
    public static boolean create(Transaction transaction, String name) {
        if (STANDARD.contains(name)) {
            return false;
        }
        ResourceClasses.requireCustomName(name);
        return transaction
                        .sql()
                        .insertInto(CUSTOM_TRAITS)
                        .columns(NAME)
                        .values(name)
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    /** Removes a trait that no provider has. */
    public static void delete(Transaction transaction, String name) {
        DSLContext sql = transaction.sql();
        if (!exists(sql, name)) {
            throw PlacementError.TRAIT_NOT_FOUND.with(name);
        }
        if (!name.startsWith("CUSTOM_")) {
            throw PlacementError.TRAIT_STANDARD.with(name);
        }
        if (sql.fetchExists(PROVIDER_TRAITS, TRAIT.eq(name))) {
            throw PlacementError.TRAIT_IN_USE.with(name);
        }
        sql.deleteFrom(CUSTOM_TRAITS).where(NAME.eq(name)).execute();
    }
}
