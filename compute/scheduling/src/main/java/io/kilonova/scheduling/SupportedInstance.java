package io.kilonova.scheduling;

/**
 * A kind of guest that a host can run, as in Nova's {@code supported_instances}.
 *
 * @param architecture for example {@code x86_64}
 * @param hypervisorType for example {@code qemu}
 * @param virtualMachineMode for example {@code hvm}
 */
public record SupportedInstance(String architecture, String hypervisorType, String virtualMachineMode) {}
