package io.kilonova.scheduling;

import java.util.Optional;

/** A host's values under the names that Nova's host state has, for filters that name them in text. */
final class HostAttributes {
    private static final long MEBIBYTES_PER_GIBIBYTE = 1_024;

    private HostAttributes() {}

    /** The value at a dotted path, for example {@code free_ram_mb} or {@code cpu_info.arch}. */
    static Optional<String> value(Host host, String path) {
        return switch (path) {
            case "host", "nodename" -> Optional.of(host.name());
            case "hypervisor_hostname" -> Optional.of(host.hypervisor().hostname());
            case "hypervisor_type" -> Optional.of(host.hypervisor().type());
            case "hypervisor_version" ->
                Optional.of(Long.toString(host.hypervisor().version()));
            case "host_ip" -> Optional.of(host.hypervisor().address());
            case "free_ram_mb" -> number(host.free(HostView.MEMORY_MB));
            case "total_usable_ram_mb" -> number(total(host, HostView.MEMORY_MB));
            case "free_disk_mb" -> number(host.free(HostView.DISK_GB) * MEBIBYTES_PER_GIBIBYTE);
            case "disk_mb_used" -> number(used(host, HostView.DISK_GB) * MEBIBYTES_PER_GIBIBYTE);
            case "total_usable_disk_gb" -> number(total(host, HostView.DISK_GB));
            case "vcpus_total" -> number(total(host, HostView.VCPU));
            case "vcpus_used" -> number(used(host, HostView.VCPU));
            case "num_instances" -> number(host.load().instances());
            case "num_io_ops" -> number(host.load().ioOperations());
            case "failed_builds" -> number(host.load().failedBuilds());
            case "ram_allocation_ratio" -> ratio(host, HostView.MEMORY_MB);
            case "cpu_allocation_ratio" -> ratio(host, HostView.VCPU);
            case "disk_allocation_ratio" -> ratio(host, HostView.DISK_GB);
            default -> Optional.ofNullable(host.hypervisor().capabilities().get(path));
        };
    }

    private static Optional<String> number(long value) {
        return Optional.of(Long.toString(value));
    }

    private static Optional<String> ratio(Host host, String resourceClass) {
        return host.capacity(resourceClass).map(capacity -> Double.toString(capacity.allocationRatio()));
    }

    private static long total(Host host, String resourceClass) {
        return host.capacity(resourceClass).map(Capacity::total).orElse(0L);
    }

    private static long used(Host host, String resourceClass) {
        return host.capacity(resourceClass).map(Capacity::used).orElse(0L);
    }
}
