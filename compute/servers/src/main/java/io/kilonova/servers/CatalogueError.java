package io.kilonova.servers;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can be wrong with a request about flavors, key pairs, quotas or hosts, in the words of the Compute API. */
public enum CatalogueError implements ErrorCode {
    FLAVOR_NAME_TAKEN(Owner.CALLER, 409, "Flavor with name %s already exists."),
    FLAVOR_ID_TAKEN(Owner.CALLER, 409, "Flavor with ID %s already exists."),
    FLAVOR_PUBLIC(Owner.CALLER, 409, "Can not add access to a public flavor."),
    FLAVOR_ACCESS_TAKEN(Owner.CALLER, 409, "Flavor access already exists for flavor %s and project %s combination."),
    FLAVOR_ACCESS_NOT_FOUND(Owner.CALLER, 404, "Flavor access not found for %s / %s combination."),
    FLAVOR_ACCESS_NO_LIST(Owner.CALLER, 404, "Access list not available for public flavors."),
    EXTRA_SPEC_NOT_FOUND(Owner.CALLER, 404, "Flavor %s has no extra specs with key %s."),
    EXTRA_SPECS_TOO_MANY(Owner.CALLER, 400, "A flavor may have at most %d extra specs."),
    EXTRA_SPEC_UNKNOWN(
            Owner.CALLER, 400, "Validation failed; extra spec '%s' does not appear to be a valid extra spec."),
    EXTRA_SPEC_INVALID(Owner.CALLER, 400, "Validation failed; extra spec '%s' has the value '%s' but must be %s."),
    KEYPAIR_EXISTS(Owner.CALLER, 409, "Key pair '%s' already exists."),
    KEYPAIR_INVALID(Owner.CALLER, 400, "Keypair data is invalid: %s"),
    KEYPAIRS_TOO_MANY(Owner.CALLER, 403, "Quota exceeded, too many key pairs."),
    KEYPAIR_MARKER_NOT_FOUND(Owner.CALLER, 400, "Marker %s could not be found."),
    QUOTA_BELOW_USAGE(
            Owner.CALLER, 400, "Quota limit %d for %s must be greater than or equal to already used and reserved %d."),
    USAGE_MARKER_NOT_FOUND(Owner.CALLER, 400, "Marker %s could not be found."),
    HYPERVISOR_NOT_FOUND(Owner.CALLER, 404, "Hypervisor with ID '%s' could not be found."),
    HYPERVISOR_NOT_MATCHED(Owner.CALLER, 404, "No hypervisor matching '%s' could be found."),
    GROUP_NOT_FOUND(Owner.CALLER, 404, "Instance group %s could not be found."),
    GROUPS_TOO_MANY(Owner.CALLER, 403, "Quota exceeded, too many server groups."),
    GROUP_RULES_INVALID(Owner.CALLER, 400, "Only anti-affinity policy supports rules."),
    AGGREGATE_NOT_FOUND(Owner.CALLER, 404, "Aggregate %s could not be found."),
    AGGREGATE_EXISTS(Owner.CALLER, 409, "Aggregate %s already exists."),
    AGGREGATE_NOT_EMPTY(
            Owner.CALLER, 400, "Cannot perform action 'delete' on aggregate %d. Reason: Host aggregate is not empty."),
    AGGREGATE_HOST_UNKNOWN(Owner.CALLER, 404, "Compute host %s could not be found."),
    AGGREGATE_HAS_HOST(Owner.CALLER, 409, "Aggregate %d already has host %s."),
    AGGREGATE_LACKS_HOST(Owner.CALLER, 404, "Cannot remove host %s in aggregate %d"),
    AGGREGATE_IN_USE(Owner.CALLER, 409, "Cannot change the hosts or the zone of aggregate %d. Reason: %s"),
    HOST_NAME_TAKEN(Owner.CALLER, 409, "Another host is called %s; nothing was changed."),
    HOST_BUSY(
            Owner.CALLER,
            409,
            "Something is being done to servers of host %s: it is called %s only after that has ended."),
    SERVICE_NOT_FOUND(Owner.CALLER, 404, "Service %s could not be found."),
    SERVICE_OF_HOST_NOT_FOUND(Owner.CALLER, 404, "Could not find binary %s on host %s."),
    SERVICE_VERB_UNKNOWN(Owner.CALLER, 404, "Unknown action"),
    SERVICE_UP(Owner.CALLER, 409, "Host %s is up. Stop its node before its service is deleted."),
    SERVICE_HAS_EVACUATIONS(
            Owner.CALLER,
            400,
            "Unable to force up host %s as `done` evacuation migration records remain associated with the host. Ensure the compute service has been restarted, allowing these records to move to `completed` before retrying this request."),
    SERVICE_HAS_MIGRATIONS(
            Owner.CALLER,
            409,
            "Unable to delete compute service that has in-progress migrations. Complete the migrations or delete the instances first."),
    SERVICE_HAS_SERVERS(
            Owner.CALLER,
            409,
            "Unable to delete compute service that is hosting instances. Migrate or delete the instances first.");

    private final Meaning meaning;

    CatalogueError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
