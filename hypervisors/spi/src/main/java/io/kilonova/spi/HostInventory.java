package io.kilonova.spi;

import java.util.Set;

/**
 * What a host is and has; the numbers are before any allocation ratio.
 *
 * @param hypervisorType as the Compute API shows it, for example {@code QEMU}
 * @param hypervisorVersion as one number, for example 7002000 for 7.2.0
 * @param hypervisorHostname the hypervisor's own name for the host
 * @param hostAddress the IP address that other hosts reach it at
 * @param virtualCpus processors
 * @param memoryMebibytes memory of the machine
 * @param diskGibibytes size of the file system that holds guests' disks
 * @param cpuInformation model, vendor, topology and features, as JSON ({@code cpu_info})
 * @param traits standard trait names, for example {@code HW_CPU_X86_AVX2}
 */
public record HostInventory(
        String hypervisorType,
        long hypervisorVersion,
        String hypervisorHostname,
        String hostAddress,
        int virtualCpus,
        long memoryMebibytes,
        long diskGibibytes,
        String cpuInformation,
        Set<String> traits) {}
