package io.kilonova.libvirt;

/** What the operator wants guests' processors to be ({@code [libvirt] virt_type}, with {@code auto} beside Nova's words). */
public enum VirtualisationChoice {
    /** KVM where a guest has been seen to run in it, else emulation. */
    AUTO,
    /** KVM, unseen. */
    KVM,
    /** Emulation. */
    QEMU
}
