package io.kilonova.scheduling;

import java.util.List;
import java.util.Map;

/**
 * What a host's hypervisor is.
 *
 * @param hostname the hypervisor's own name for the host
 * @param type for example {@code QEMU}
 * @param version as one number, for example 7002000 for 7.2.0
 * @param address the host's IP address
 * @param supported the kinds of guest that it runs
 * @param capabilities further facts by dotted path, for example {@code cpu_info.arch}, for ComputeCapabilitiesFilter
 */
public record HypervisorFacts(
        String hostname,
        String type,
        long version,
        String address,
        List<SupportedInstance> supported,
        Map<String, String> capabilities) {
    /** Keeps copies. */
    public HypervisorFacts {
        supported = List.copyOf(supported);
        capabilities = Map.copyOf(capabilities);
    }
}
