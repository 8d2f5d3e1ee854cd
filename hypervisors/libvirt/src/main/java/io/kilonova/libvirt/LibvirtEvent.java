package io.kilonova.libvirt;

/**
 * A change in a domain's life ({@code VIR_DOMAIN_EVENT_ID_LIFECYCLE}).
 *
 * @param uuid the domain's
 * @param kind what happened
 * @param detail libvirt's number for why; its meaning depends on the kind
 */
public record LibvirtEvent(String uuid, Kind kind, int detail) {
    /** The kinds in the order of libvirt's numbers, 0 first. */
    public enum Kind {
        DEFINED,
        UNDEFINED,
        STARTED,
        SUSPENDED,
        RESUMED,
        STOPPED,
        SHUTDOWN,
        PM_SUSPENDED,
        CRASHED
    }
}
