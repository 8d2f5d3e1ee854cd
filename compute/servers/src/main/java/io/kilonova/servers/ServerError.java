package io.kilonova.servers;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can be wrong with a request about servers, in the words of the Compute API. */
public enum ServerError implements ErrorCode {
    SERVER_NOT_FOUND(Owner.CALLER, 404, "Instance %s could not be found."),
    FLAVOR_NOT_FOUND(Owner.CALLER, 404, "Flavor %s could not be found."),
    FLAVOR_UNUSABLE(Owner.CALLER, 400, "Flavor %s could not be found."),
    IMAGE_NOT_FOUND(Owner.CALLER, 400, "Image %s could not be found."),
    IMAGE_NOT_ACTIVE(Owner.CALLER, 400, "Image %s is not active."),
    IMAGE_NEEDED(Owner.CALLER, 400, "Invalid imageRef provided."),
    FLAVOR_MEMORY_TOO_SMALL(Owner.CALLER, 400, "Flavor's memory is too small for requested image."),
    FLAVOR_DISK_TOO_SMALL(
            Owner.CALLER,
            400,
            "Flavor's disk is too small for requested image. Flavor disk is %d bytes, image is %d bytes."),
    KEYPAIR_NOT_FOUND(Owner.CALLER, 404, "Keypair %s not found for user %s"),
    KEYPAIR_UNUSABLE(Owner.CALLER, 400, "Invalid key_name provided."),
    ZONE_NOT_FOUND(Owner.CALLER, 400, "The requested availability zone is not available"),
    HOST_NOT_FOUND(Owner.CALLER, 400, "Compute host %s could not be found."),
    COUNT_INVALID(Owner.CALLER, 400, "min_count must be <= max_count"),
    PORT_FOR_MANY(
            Owner.CALLER,
            400,
            "Unable to launch multiple instances with a single configured port ID. Please launch your instance one by one with different ports."),
    USER_DATA_INVALID(Owner.CALLER, 400, "User data needs to be valid base 64."),
    PERSONALITY_INVALID(Owner.CALLER, 400, "%s"),
    PERSONALITY_TOO_MANY(Owner.CALLER, 403, "Personality file limit exceeded: at most %d files"),
    PERSONALITY_TOO_LARGE(Owner.CALLER, 403, "Personality %s limit exceeded: at most %d bytes"),
    METADATA_TOO_MANY(Owner.CALLER, 403, "Maximum number of metadata items exceeds %d"),
    METADATA_NOT_FOUND(Owner.CALLER, 404, "Metadata item was not found"),
    TAG_NOT_FOUND(Owner.CALLER, 404, "Server %s has no tag '%s'"),
    TAGS_TOO_MANY(Owner.CALLER, 400, "The number of tags exceeded the per-server limit %d"),
    QUOTA_EXCEEDED(Owner.CALLER, 403, "Quota exceeded for %s: Requested %s, but already used %s of %s %s"),
    GROUP_UNUSABLE(Owner.CALLER, 400, "Instance group %s could not be found."),
    GROUP_FORBIDS(Owner.CAPACITY, 409, "The policy %s of the server's group does not allow the host any more."),
    GROUP_FULL(Owner.CALLER, 403, "Quota exceeded, too many servers in group"),
    SERVER_LOCKED(Owner.CALLER, 409, "Instance %s is locked"),
    SERVER_NOT_READY(Owner.CALLER, 409, "Instance %s is not ready"),
    INVALID_STATE(Owner.CALLER, 409, "Cannot '%s' instance %s while it is in %s %s"),
    NO_VALID_HOST(Owner.CAPACITY, 500, "No valid host was found. %s"),
    HOST_CLOSED(Owner.CAPACITY, 409, "Host %s takes no servers any more."),
    HOST_LOST(Owner.DEPENDENCY, 503, "Host %s is not known to this controller any more."),
    FLAVOR_SAME(Owner.CALLER, 400, "When resizing, instances must change flavor!"),
    DISK_CANNOT_SHRINK(Owner.CALLER, 400, "Server disk was unable to be resized because: %s"),
    RESIZE_NOT_FOUND(Owner.CALLER, 400, "Instance has not been resized."),
    HOST_IS_SAME(Owner.CALLER, 400, "Cannot migrate to the host where the server exists."),
    MOVE_TO_SELF(Owner.CALLER, 400, "Unable to migrate instance (%s) to current host (%s)."),
    EVACUATION_HOST_NOT_FOUND(Owner.CALLER, 404, "Compute host %s not found."),
    EVACUATION_HOST_IS_SAME(Owner.CALLER, 400, "The target host can't be the same one."),
    FORCE_NEEDS_HOST(Owner.CALLER, 400, "Can't force to a non-provided destination"),
    HOST_DOWN(Owner.CALLER, 400, "Compute service of %s is unavailable at this time."),
    HOST_IN_USE(Owner.CALLER, 400, "Compute service of %s is still in use."),
    HOST_NOT_HEARD_YET(
            Owner.CALLER,
            409,
            "This controller has not listened long enough to say that host %s is down. Try again in half a minute, or say so by force-down."),
    STORAGE_NOT_SHARED(
            Owner.CALLER,
            400,
            "The server's disks are not on shared storage: Live migration can not be used without shared storage except a booted from volume VM which does not have a local disk."),
    MIGRATION_NOT_FOUND(Owner.CALLER, 404, "Migration %s not found for instance %s"),
    MIGRATION_UNUSABLE(Owner.CALLER, 400, "Migration %s not found for instance %s"),
    MIGRATION_STATE_INVALID(
            Owner.CALLER,
            400,
            "Migration %s state of instance %s is %s. Cannot %s while the migration is in this state."),
    LIVE_MIGRATION_NOT_FOUND(Owner.CALLER, 404, "In-progress live migration %s is not found for server %s."),
    LIVE_MIGRATION_OTHER_TYPE(Owner.CALLER, 404, "Migration %s for server %s is not live-migration."),
    LIVE_MIGRATION_ENDED(Owner.CALLER, 404, "Live migration %s for server %s is not in progress."),
    PORT_NOT_ATTACHED(Owner.CALLER, 404, "Port id %s could not be found or is not attached to server %s"),
    INTERFACE_FAILED(Owner.DEPENDENCY, 500, "Failed to attach network adapter device: %s"),
    INTERFACE_SLOW(
            Owner.DEPENDENCY,
            504,
            "Attaching the network adapter to %s goes on; look at the server's interfaces later."),
    SECURITY_GROUP_NOT_FOUND(Owner.CALLER, 404, "Security group %s not found."),
    NOT_BUILT(Owner.CALLER, 501, "Kilonova does not do this yet: %s"),
    MARKER_NOT_FOUND(Owner.CALLER, 400, "marker [%s] not found"),
    DELETED_NOT_SHOWN(Owner.CALLER, 403, "Only administrators may list deleted instances"),
    FILTER_INVALID(Owner.CALLER, 400, "%s");

    private final Meaning meaning;

    ServerError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
