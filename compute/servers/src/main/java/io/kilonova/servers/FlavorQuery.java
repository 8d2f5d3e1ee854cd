package io.kilonova.servers;

import io.kilonova.storage.Keyset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/**
 * Which flavors a list shows, in which order.
 *
 * @param projectId who asks: the private flavors that this project was given count as public ones
 * @param isPublic public ones or private ones alone; empty for both
 * @param disabled usable ones or disabled ones alone; empty for both
 * @param minimumMemoryMebibytes at least so much memory
 * @param minimumRootDiskGibibytes at least so large a root disk
 * @param name of exactly this name (Compute API 2.102)
 * @param sorts in order of weight
 * @param limit at most so many
 * @param marker the id of the last flavor of the page before
 */
public record FlavorQuery(
        Optional<String> projectId,
        Optional<Boolean> isPublic,
        Optional<Boolean> disabled,
        long minimumMemoryMebibytes,
        long minimumRootDiskGibibytes,
        Optional<String> name,
        List<Sort> sorts,
        int limit,
        Optional<String> marker) {
    /**
     * One sort key.
     *
     * @param key as the API names it
     * @param ascending the direction
     */
    public record Sort(String key, boolean ascending) {}

    private static final Map<String, Keyset.Key> KEYS = Map.ofEntries(
            Map.entry("created_at", Keyset.Key.of(Flavors.CREATED_AT, true)),
            Map.entry("description", Keyset.Key.nullable(Flavors.DESCRIPTION, true)),
            Map.entry("disabled", Keyset.Key.of(Flavors.DISABLED, true)),
            Map.entry("ephemeral_gb", Keyset.Key.of(Flavors.EPHEMERAL_DISK, true)),
            Map.entry("flavorid", Keyset.Key.of(Flavors.ID, true)),
            // Nova's own number of a flavor counts up with its age.
            Map.entry("id", Keyset.Key.of(Flavors.CREATED_AT, true)),
            Map.entry("is_public", Keyset.Key.of(Flavors.IS_PUBLIC, true)),
            Map.entry("memory_mb", Keyset.Key.of(Flavors.RAM, true)),
            Map.entry("name", Keyset.Key.of(Flavors.NAME, true)),
            Map.entry("root_gb", Keyset.Key.of(Flavors.ROOT_DISK, true)),
            Map.entry("rxtx_factor", Keyset.Key.of(Flavors.RXTX_FACTOR, true)),
            Map.entry("swap", Keyset.Key.of(Flavors.SWAP, true)),
            Map.entry("updated_at", Keyset.Key.nullable(Flavors.UPDATED_AT, true)),
            Map.entry("vcpus", Keyset.Key.of(Flavors.VCPUS, true)));

    /** Whether whoever asks sees flavors that are not public and that they were not given. */
    boolean seesPrivate() {
        return isPublic.isEmpty() || !isPublic.get();
    }

    Condition condition() {
        List<Condition> conditions = new ArrayList<>();
        isPublic.ifPresent(wanted -> conditions.add(wanted ? usable() : Flavors.IS_PUBLIC.isFalse()));
        disabled.ifPresent(wanted -> conditions.add(Flavors.DISABLED.eq(wanted)));
        name.ifPresent(wanted -> conditions.add(Flavors.NAME.eq(wanted)));
        if (minimumMemoryMebibytes > 0) {
            conditions.add(Flavors.RAM.ge(minimumMemoryMebibytes));
        }
        if (minimumRootDiskGibibytes > 0) {
            conditions.add(Flavors.ROOT_DISK.ge(minimumRootDiskGibibytes));
        }
        return conditions.isEmpty() ? DSL.trueCondition() : DSL.and(conditions);
    }

    private Condition usable() {
        return projectId.map(Flavors::usableBy).orElse(Flavors.IS_PUBLIC.isTrue());
    }

    /** The keys in order, the id last; what no flavor has (vcpu_weight) does not order them. */
    Keyset order() {
        List<Keyset.Key> keys = new ArrayList<>();
        boolean ascending = true;
        for (Sort sort : sorts) {
            ascending = sort.ascending();
            Keyset.Key key = KEYS.get(sort.key());
            if (key != null && keys.stream().noneMatch(known -> known.field().equals(key.field()))) {
                keys.add(new Keyset.Key(key.field(), sort.ascending(), key.nullable()));
                if (key.field().equals(Flavors.ID)) {
                    return Keyset.of(keys);
                }
            }
        }
        keys.add(Keyset.Key.of(Flavors.ID, ascending));
        return Keyset.of(keys);
    }
}
