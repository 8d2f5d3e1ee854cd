package io.kilonova.api;

import io.kilonova.access.Policy;

/** What may be allowed of zones, services and hypervisors, under the names of Nova. */
final class HostPolicies {
    private static final String ZONES = "os_compute_api:os-availability-zone:";
    private static final String SERVICES = "os_compute_api:os-services:";
    private static final String HYPERVISORS = "os_compute_api:os-hypervisors:";

    static final Policy ZONES_LIST = Policy.anyone(ZONES + "list", "List availability zones");
    static final Policy ZONES_DETAIL = Policy.admin(ZONES + "detail", "List availability zones with their hosts");
    static final Policy SERVICES_LIST = Policy.admin(SERVICES + "list", "List services");
    static final Policy SERVICES_UPDATE = Policy.admin(SERVICES + "update", "Enable, disable or force down a service");
    static final Policy SERVICES_DELETE = Policy.admin(SERVICES + "delete", "Delete a service");
    static final Policy HYPERVISORS_LIST = Policy.admin(HYPERVISORS + "list", "List hypervisors");
    static final Policy HYPERVISORS_DETAIL = Policy.admin(HYPERVISORS + "list-detail", "List hypervisors with details");
    static final Policy HYPERVISORS_STATISTICS =
            Policy.admin(HYPERVISORS + "statistics", "Show the sum of all hypervisors");
    static final Policy HYPERVISORS_SHOW = Policy.admin(HYPERVISORS + "show", "Show a hypervisor");
    static final Policy HYPERVISORS_UPTIME = Policy.admin(HYPERVISORS + "uptime", "Show how long a hypervisor runs");
    static final Policy HYPERVISORS_SEARCH = Policy.admin(HYPERVISORS + "search", "Find hypervisors by their name");
    static final Policy HYPERVISORS_SERVERS = Policy.admin(HYPERVISORS + "servers", "Find the servers of hypervisors");

    private HostPolicies() {}
}
