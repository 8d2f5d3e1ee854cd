package io.kilonova.networks;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can be wrong with a request about networks, in the words of Neutron, and of Nova where compute asks. */
public enum NetworkError implements ErrorCode {
    NETWORK_NOT_FOUND(Owner.CALLER, 404, "Network %s could not be found."),
    SUBNET_NOT_FOUND(Owner.CALLER, 404, "Subnet %s could not be found."),
    SUBNET_POOL_NOT_FOUND(Owner.CALLER, 404, "Subnet pool %s could not be found."),
    SUBNET_POOL_IN_USE(Owner.CALLER, 409, "Unable to delete subnet pool %s: it has existing allocations."),
    SUBNET_POOL_QUOTA_EXCEEDED(Owner.CALLER, 409, "Per-tenant subnet pool prefix quota exceeded."),
    SUBNET_ALLOCATION_ERROR(Owner.CALLER, 409, "Failed to allocate subnet: %s."),
    PORT_NOT_FOUND(Owner.CALLER, 404, "Port %s could not be found."),
    SECURITY_GROUP_NOT_FOUND(Owner.CALLER, 404, "Security group %s does not exist"),
    SECURITY_GROUP_RULE_NOT_FOUND(Owner.CALLER, 404, "Security group rule %s does not exist"),
    ROUTER_NOT_FOUND(Owner.CALLER, 404, "Router %s could not be found"),
    FLOATING_IP_NOT_FOUND(Owner.CALLER, 404, "Floating IP %s could not be found"),
    TAG_NOT_FOUND(Owner.CALLER, 404, "Tag %s could not be found."),
    NETWORK_IN_USE(
            Owner.CALLER,
            409,
            "Unable to complete operation on network %s. There are one or more ports still in use on the network."),
    SUBNET_IN_USE(
            Owner.CALLER,
            409,
            "Unable to complete operation on subnet %s: One or more ports have an IP allocation from this subnet."),
    SECURITY_GROUP_IN_USE(Owner.CALLER, 409, "Security Group %s in use."),
    SECURITY_GROUP_CANNOT_REMOVE_DEFAULT(Owner.CALLER, 409, "Insufficient rights for removing default security group."),
    SECURITY_GROUP_CANNOT_UPDATE_DEFAULT(Owner.CALLER, 409, "Updating default security group not allowed."),
    SECURITY_GROUP_DEFAULT_ALREADY_EXISTS(Owner.CALLER, 409, "Default security group already exists."),
    SECURITY_GROUP_INVALID_PORT(Owner.CALLER, 400, "Invalid value for port %s"),
    SECURITY_GROUP_RULE_CONFLICT(Owner.CALLER, 400, "Conflicting value ethertype %s for CIDR %s"),
    SECURITY_GROUP_RULE_EXISTS(Owner.CALLER, 409, "Security group rule already exists. Rule id is %s."),
    ROUTER_IN_USE(Owner.CALLER, 409, "Router %s still has ports"),
    ROUTER_INTERFACE_NOT_FOUND(Owner.CALLER, 404, "Router %s does not have an interface with id %s"),
    ROUTER_INTERFACE_IN_USE_BY_FLOATING_IP(
            Owner.CALLER,
            409,
            "Router interface for subnet %s on router %s cannot be deleted, as it is required by one or more floating IPs."),
    ROUTER_GATEWAY_IN_USE_BY_FLOATING_IP(
            Owner.CALLER,
            409,
            "Gateway cannot be updated for router %s, since a gateway to external network %s is required by one or more floating IPs."),
    PORT_IN_USE(Owner.CALLER, 409, "Port %s is still in use by device %s."),
    PORT_SECURITY_NEEDED(
            Owner.CALLER,
            409,
            "Port security must be enabled and port must have an IP address in order to use security groups or allowed address pairs."),
    INVALID_SHARED_SETTING(
            Owner.CALLER, 409, "Unable to reconfigure sharing settings for network %s. Multiple tenants are using it."),
    EXTERNAL_NETWORK_IN_USE(
            Owner.CALLER,
            409,
            "External network %s cannot be updated to be made non-external, since it has existing gateway ports."),
    GATEWAY_IP_IN_USE(Owner.CALLER, 409, "Current gateway ip %s already in use by port %s. Unable to update."),
    PORT_OWNED(Owner.CALLER, 409, "Port %s cannot be deleted directly via the port API: has device owner %s."),
    IP_ADDRESS_ALREADY_ALLOCATED(Owner.CALLER, 409, "IP address %s already allocated in subnet %s"),
    INVALID_IP_FOR_SUBNET(Owner.CALLER, 400, "IP address %s is not a valid IP for the specified subnet."),
    IP_ADDRESS_GENERATION_FAILURE(Owner.CAPACITY, 409, "No more IP addresses available on network %s."),
    MAC_ADDRESS_IN_USE(Owner.CALLER, 409, "Unable to complete operation for network %s. The mac address %s is in use."),
    OVERLAPPING_SUBNET(
            Owner.CALLER,
            400,
            "Invalid input for operation: Requested subnet with cidr: %s for network: %s overlaps with another subnet."),
    EXTERNAL_GATEWAY_NOT_EXTERNAL(Owner.CALLER, 400, "Network %s is not an external network"),
    EXTERNAL_NETWORK_UNREACHABLE(
            Owner.CALLER,
            404,
            "External network %s is not reachable from subnet %s. Therefore, cannot associate Port %s with a Floating IP."),
    FLOATING_IP_PORT_ALREADY_ASSOCIATED(
            Owner.CALLER,
            409,
            "Cannot associate floating IP %s with port %s using fixed IP %s, as that fixed IP already has a floating IP on external network %s."),
    OVER_QUOTA(Owner.CALLER, 409, "Quota exceeded for resources: ['%s']."),
    BAD_REQUEST(Owner.CALLER, 400, "Bad %s request: %s."),
    HTTP_BAD_REQUEST(Owner.CALLER, 400, "%s"),
    INVALID_INPUT(Owner.CALLER, 400, "Invalid input for operation: %s."),
    POLICY_NOT_AUTHORIZED(Owner.CALLER, 403, "rule:%s is disallowed by policy"),
    NOT_BUILT(Owner.CALLER, 501, "Kilonova does not do this yet: %s"),
    BACKEND_FAILED(Owner.DEPENDENCY, 503, "The network backend did not do its part: %s"),

    SERVER_NETWORK_NOT_FOUND(Owner.CALLER, 400, "Network %s could not be found."),
    SERVER_PORT_NOT_FOUND(Owner.CALLER, 400, "Port id %s could not be found."),
    SERVER_PORT_IN_USE(Owner.CALLER, 400, "Port %s is still in use."),
    SERVER_PORT_NOT_USABLE(Owner.CALLER, 400, "Port %s not usable for instance."),
    SERVER_FIXED_IP_IN_USE(Owner.CALLER, 400, "Fixed IP address %s is already in use on instance."),
    SERVER_FIXED_IP_INVALID(Owner.CALLER, 400, "Invalid fixed IP Address %s in request."),
    SERVER_SECURITY_GROUP_NOT_FOUND(Owner.CALLER, 400, "Security group %s not found for project %s."),
    SERVER_SECURITY_GROUP_NOT_UNIQUE(
            Owner.CALLER, 409, "Multiple security groups found matching '%s'. Use an ID to be more specific."),
    SERVER_NETWORK_AMBIGUOUS(
            Owner.CALLER, 409, "Multiple possible networks found, use a Network ID to be more specific."),
    SERVER_NETWORK_NEEDS_SUBNET(Owner.CALLER, 400, "Network %s requires a subnet in order to boot instances on."),
    SERVER_NETWORK_EXTERNAL(Owner.CALLER, 403, "It is not allowed to create an interface on external network %s"),
    SERVER_NETWORK_NOT_AUTOMATIC(Owner.CALLER, 400, "Unable to automatically allocate a network for project %s");

    private final Meaning meaning;

    NetworkError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
