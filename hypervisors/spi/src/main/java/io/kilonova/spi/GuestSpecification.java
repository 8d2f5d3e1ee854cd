package io.kilonova.spi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a guest is; its definition at the hypervisor is generated from this alone, each time.
 *
 * @param id the server's id, a UUID
 * @param hypervisorName the name at the hypervisor, for example {@code instance-0000002a}
 * @param displayName what the user calls it
 * @param virtualCpus number of processors
 * @param memoryMebibytes memory
 * @param rootDiskGibibytes size of the root disk; 0 means the size of the image
 * @param ephemeralDiskGibibytes size of a second, empty disk; 0 for none
 * @param swapMebibytes size of a swap disk; 0 for none
 * @param image what the root disk is made from
 * @param kernel started directly when present, else the disk boots itself
 * @param interfaces network cards, in the guest's order
 * @param configDrive files of the config drive, by path, when the guest has one
 * @param properties image properties and extra specs that shape the guest ({@code hw_disk_bus}, {@code hw:cpu_policy}, ...)
 */
public record GuestSpecification(
        String id,
        String hypervisorName,
        String displayName,
        int virtualCpus,
        int memoryMebibytes,
        int rootDiskGibibytes,
        int ephemeralDiskGibibytes,
        int swapMebibytes,
        ImageReference image,
        Optional<DirectKernel> kernel,
        List<GuestInterface> interfaces,
        Optional<Map<String, byte[]>> configDrive,
        Map<String, String> properties) {

    /**
     * A kernel that the hypervisor starts itself.
     *
     * @param kernel image of format aki
     * @param ramdisk image of format ari
     * @param commandLine the kernel's command line
     */
    public record DirectKernel(ImageReference kernel, Optional<ImageReference> ramdisk, String commandLine) {}
}
