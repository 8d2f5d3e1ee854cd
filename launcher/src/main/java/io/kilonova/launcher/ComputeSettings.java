package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.servers.ComputeOptions;
import io.kilonova.servers.HostShare;
import io.kilonova.servers.QuotaResource;
import java.util.EnumMap;
import java.util.Map;

/** What the configuration says about compute. */
final class ComputeSettings {
    private static final long BYTES_PER_MEBIBYTE = 1L << 20;
    private static final long BYTES_PER_GIBIBYTE = 1L << 30;

    private ComputeSettings() {}

    static ComputeOptions of(Configuration configuration) {
        Map<QuotaResource, Long> quotas =
                new EnumMap<>(ComputeOptions.defaults().quotas());
        quotas.put(QuotaResource.INSTANCES, (long) configuration.get(KilonovaOptions.QUOTA_INSTANCES));
        quotas.put(QuotaResource.CORES, (long) configuration.get(KilonovaOptions.QUOTA_CORES));
        quotas.put(QuotaResource.RAM, (long) configuration.get(KilonovaOptions.QUOTA_RAM));
        quotas.put(QuotaResource.KEY_PAIRS, (long) configuration.get(KilonovaOptions.QUOTA_KEY_PAIRS));
        quotas.put(QuotaResource.METADATA_ITEMS, (long) configuration.get(KilonovaOptions.QUOTA_METADATA_ITEMS));
        quotas.put(QuotaResource.SERVER_GROUPS, (long) configuration.get(KilonovaOptions.QUOTA_SERVER_GROUPS));
        return new ComputeOptions(
                configuration.get(KilonovaOptions.DEFAULT_AVAILABILITY_ZONE),
                configuration.get(KilonovaOptions.DEFAULT_SCHEDULE_ZONE),
                configuration.get(KilonovaOptions.MAX_ATTEMPTS),
                configuration.get(KilonovaOptions.INSTANCE_BUILD_TIMEOUT),
                configuration.get(KilonovaOptions.SHUTDOWN_TIMEOUT),
                quotas,
                new HostShare(
                        configuration.get(KilonovaOptions.RESERVED_HOST_CPUS),
                        configuration.get(KilonovaOptions.CPU_ALLOCATION_RATIO),
                        configuration.get(KilonovaOptions.INITIAL_CPU_ALLOCATION_RATIO)),
                new HostShare(
                        configuration.get(KilonovaOptions.RESERVED_HOST_MEMORY) / BYTES_PER_MEBIBYTE,
                        configuration.get(KilonovaOptions.RAM_ALLOCATION_RATIO),
                        configuration.get(KilonovaOptions.INITIAL_RAM_ALLOCATION_RATIO)),
                new HostShare(
                        Math.ceilDiv(configuration.get(KilonovaOptions.RESERVED_HOST_DISK), BYTES_PER_GIBIBYTE),
                        configuration.get(KilonovaOptions.DISK_ALLOCATION_RATIO),
                        configuration.get(KilonovaOptions.INITIAL_DISK_ALLOCATION_RATIO)),
                configuration.get(KilonovaOptions.RESIZE_CONFIRM_WINDOW));
    }
}
