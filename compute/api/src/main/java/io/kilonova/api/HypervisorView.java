package io.kilonova.api;

import io.kilonova.http.JsonWriter;
import io.kilonova.http.Microversion;
import io.kilonova.servers.ComputeHost;
import io.kilonova.servers.ComputeHosts;
import io.kilonova.servers.HostUse;
import io.kilonova.servers.HostUses;
import io.kilonova.spi.HostInventory;
import java.util.List;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Writes hypervisors as the Compute API shows them. Fields are gated by version here and nowhere else. */
final class HypervisorView {
    private static final ObjectMapper MAPPER = JsonMapper.shared();

    private final ComputeHosts hosts;
    private final Microversion version;

    HypervisorView(ComputeHosts hosts, Microversion version) {
        this.hosts = hosts;
        this.version = version;
    }

    /** The fields of a hypervisor in a list without details. */
    void brief(JsonWriter json, ComputeHost host) {
        HostIdentity.write(json, version, host.id(), host.number());
        json.field("hypervisor_hostname", host.inventory().hypervisorHostname())
                .field("state", hosts.isUp(host) ? "up" : "down")
                .field("status", host.disabled() ? "disabled" : "enabled");
    }

    /** All fields of a hypervisor. */
    void full(JsonWriter json, ComputeHost host, HostUse use) {
        brief(json, host);
        HostInventory inventory = host.inventory();
        json.field("hypervisor_type", inventory.hypervisorType())
                .field("hypervisor_version", inventory.hypervisorVersion())
                .field("host_ip", inventory.hostAddress());
        json.object("service", () -> {
            HostIdentity.write(json, version, host.id(), host.number());
            json.field("host", host.host()).field("disabled_reason", host.disabledReason());
        });
        if (version.atLeast(2, 88)) {
            // No hypervisor tells how long its host runs.
            json.nothing("uptime");
            return;
        }
        if (version.atLeast(2, 28)) {
            json.field("cpu_info", MAPPER.readTree(inventory.cpuInformation()));
        } else {
            json.field("cpu_info", inventory.cpuInformation());
        }
        amounts(json, use);
    }

    /** What hosts have and what of it is taken. */
    static void amounts(JsonWriter json, HostUse use) {
        long freeDisk = use.diskGibibytes() - use.diskGibibytesUsed();
        json.field("vcpus", use.virtualCpus())
                .field("vcpus_used", use.virtualCpusUsed())
                .field("memory_mb", use.memoryMebibytes())
                .field("memory_mb_used", use.memoryMebibytesUsed())
                .field("free_ram_mb", use.memoryMebibytes() - use.memoryMebibytesUsed())
                .field("local_gb", use.diskGibibytes())
                .field("local_gb_used", use.diskGibibytesUsed())
                .field("free_disk_gb", freeDisk)
                .field("disk_available_least", freeDisk)
                .field("running_vms", use.servers())
                .field("current_workload", use.busyServers());
    }

    /** The servers of a hypervisor, where they were asked for; none are told from 2.75 only. */
    void servers(JsonWriter json, List<HostUses.NamedServer> servers) {
        if (servers.isEmpty() && version.before(2, 75)) {
            return;
        }
        json.array(
                "servers",
                () -> servers.forEach(server ->
                        json.object(() -> json.field("uuid", server.id()).field("name", server.name()))));
    }
}
