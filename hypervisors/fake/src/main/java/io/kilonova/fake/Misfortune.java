package io.kilonova.fake;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.ServiceException;
import io.kilonova.spi.HypervisorError;

/** What can happen to a command instead of, or besides, its success. */
public sealed interface Misfortune {
    /**
     * Nothing is done and the command fails.
     *
     * @param code the error; its places are filled with the host's name and the reason
     * @param reason why, in words
     */
    record Failure(ErrorCode code, String reason) implements Misfortune {
        ServiceException on(String host) {
            return code.with(host, reason);
        }
    }

    /** All is done, and then the answer is lost on its way: the caller sees an unreachable hypervisor. */
    record LostAnswer() implements Misfortune {}

    /** Nothing is done and the command does not come back until the host is closed, released or the thread interrupted. */
    record Hang() implements Misfortune {}

    /** A refusal: nothing is done, the hypervisor says why. */
    static Misfortune refuse(String reason) {
        return new Failure(HypervisorError.HYPERVISOR_REFUSED, reason);
    }

    /** The hypervisor cannot be reached: nothing is done. */
    static Misfortune unreachable() {
        return new Failure(HypervisorError.HYPERVISOR_UNREACHABLE, "connection refused");
    }

    /** The disk of the host is full: nothing is done. */
    static Misfortune diskFull() {
        return new Failure(HypervisorError.HOST_DISK_FULL, "no space left on device");
    }
}
