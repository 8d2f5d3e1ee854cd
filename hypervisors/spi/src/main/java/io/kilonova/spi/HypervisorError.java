package io.kilonova.spi;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can go wrong at a hypervisor. */
public enum HypervisorError implements ErrorCode {
    GUEST_NOT_FOUND(Owner.CALLER, 404, "Guest %s is not on host %s."),
    HYPERVISOR_UNREACHABLE(Owner.DEPENDENCY, 503, "The hypervisor of host %s does not answer: %s"),
    HYPERVISOR_REFUSED(Owner.DEPENDENCY, 500, "The hypervisor of host %s refused: %s"),
    IMAGE_UNUSABLE(Owner.CALLER, 400, "Image %s cannot be used: %s"),
    FLAVOR_DISK_TOO_SMALL(
            Owner.CALLER,
            400,
            "Flavor's disk is too small for requested image. Flavor disk is %d bytes, image is %d bytes."),
    SPECIFICATION_INVALID(Owner.US, 500, "Guest %s cannot be described to the hypervisor: %s"),
    HOST_DISK_FULL(Owner.CAPACITY, 507, "The disk of host %s is full: %s"),
    LIVE_MIGRATION_ABORTED(Owner.CALLER, 409, "The live migration of guest %s was aborted."),
    NOT_MIGRATING(Owner.CALLER, 409, "Guest %s is not being moved from host %s."),
    NOT_SUPPORTED(Owner.CALLER, 501, "The hypervisor of host %s cannot do this: %s");

    private final Meaning meaning;

    HypervisorError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
