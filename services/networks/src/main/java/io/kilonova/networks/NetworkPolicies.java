package io.kilonova.networks;

import io.kilonova.access.Policy;

/** What may be allowed of networks, under the names of Neutron. */
final class NetworkPolicies {
    static final Policy QUOTA_SHOW = Policy.reader("get_quota", "Show quotas of a project");
    static final Policy QUOTA_LIST = Policy.admin("get_quotas", "List quotas of all projects");
    static final Policy QUOTA_UPDATE = Policy.admin("update_quota", "Change quotas");
    static final Policy ADD_ROUTER_INTERFACE = Policy.member("add_router_interface", "Put a router into a network");
    static final Policy REMOVE_ROUTER_INTERFACE =
            Policy.member("remove_router_interface", "Take a router out of a network");
    static final Policy EXTENSIONS = Policy.anyone("get_extensions", "List what the API can");
    static final Policy ZONES = Policy.anyone("get_availability_zone", "List availability zones");
    static final Policy AGENTS = Policy.anyone("get_agent", "List agents: there are none");

    static final Policy UNBUILT = Policy.anyone("get_unbuilt", "Ask for what is not built");

    private NetworkPolicies() {}

    static Policy list(Kind kind) {
        return Policy.reader("get_" + kind.plural(), "List " + kind.plural());
    }

    static Policy show(Kind kind) {
        return Policy.reader("get_" + kind.singular(), "Show a " + kind.singular());
    }

    static Policy create(Kind kind) {
        return Policy.member("create_" + kind.singular(), "Create a " + kind.singular());
    }

    static Policy update(Kind kind) {
        return Policy.member("update_" + kind.singular(), "Update a " + kind.singular());
    }

    static Policy delete(Kind kind) {
        return Policy.member("delete_" + kind.singular(), "Delete a " + kind.singular());
    }
}
