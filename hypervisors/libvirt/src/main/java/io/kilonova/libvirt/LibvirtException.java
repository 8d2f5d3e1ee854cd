package io.kilonova.libvirt;

/** A call that libvirt refused. {@link LibvirtSession} turns it into an error of the hypervisor's vocabulary. */
public final class LibvirtException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient LibvirtFault fault;

    LibvirtException(LibvirtFault fault) {
        super("libvirt error %d of part %d: %s".formatted(fault.code(), fault.domain(), fault.message()));
        this.fault = fault;
    }

    /** Code, part and message. */
    public LibvirtFault fault() {
        return fault;
    }
}
