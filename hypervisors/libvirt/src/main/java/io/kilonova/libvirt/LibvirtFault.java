package io.kilonova.libvirt;

/**
 * What libvirt says of a call that failed ({@code virError}).
 *
 * @param code {@code virErrorNumber}
 * @param domain the part of libvirt that refused, {@code virErrorDomain}
 * @param message libvirt's words; they may name files of the host and are for logs only
 */
public record LibvirtFault(int code, int domain, String message) {
    static final int OPERATION_FAILED = 9;
    static final int NO_DOMAIN = 42;
    static final int OPERATION_INVALID = 55;
    static final int DEVICE_MISSING = 99;
    static final int NO_DOMAIN_METADATA = 80;
    private static final int NO_CONNECT = 5;
    private static final int INVALID_CONNECTION = 6;
    private static final int SYSTEM_ERROR = 38;
    private static final int RPC = 39;
    private static final int FROM_RPC = 7;
    private static final int FROM_REMOTE = 13;

    /** The fault of a call whose connection is gone. */
    static LibvirtFault lost() {
        return new LibvirtFault(INVALID_CONNECTION, FROM_RPC, "the connection was lost");
    }

    /** Whether the daemon was not reached, as opposed to having refused. */
    public boolean unreachable() {
        return code == NO_CONNECT
                || code == INVALID_CONNECTION
                || code == RPC
                || domain == FROM_RPC
                || (domain == FROM_REMOTE && code == SYSTEM_ERROR);
    }

    /** The fault in words that hold nothing of the host. */
    public String summary() {
        return switch (code) {
            case NO_DOMAIN -> "there is no such domain";
            case OPERATION_INVALID -> "the guest is in no state for it";
            case OPERATION_FAILED -> "the operation failed";
            case SYSTEM_ERROR -> "a call to the operating system failed";
            case 8 -> "an argument is not valid";
            case 27 -> "the definition is not valid";
            case 67 -> "the configuration is not supported";
            case 68 -> "it took too long";
            case DEVICE_MISSING -> "there is no such device";
            default -> "libvirt's error %d of part %d".formatted(code, domain);
        };
    }
}
