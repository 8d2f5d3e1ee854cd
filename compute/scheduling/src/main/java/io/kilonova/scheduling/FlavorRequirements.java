package io.kilonova.scheduling;

import java.util.Map;

/**
 * What the flavor says beside its sizes.
 *
 * @param name the flavor's name
 * @param extraSpecs keys and values, for example {@code trait:HW_CPU_X86_AVX2=required}
 */
public record FlavorRequirements(String name, Map<String, String> extraSpecs) {
    /** Keeps a copy. */
    public FlavorRequirements {
        extraSpecs = Map.copyOf(extraSpecs);
    }
}
