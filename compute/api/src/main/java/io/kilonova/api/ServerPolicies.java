package io.kilonova.api;

import io.kilonova.access.Policy;

/** What may be allowed of servers, under the names of Nova. */
final class ServerPolicies {
    private static final String SERVERS = "os_compute_api:servers:";

    static final Policy INDEX = Policy.reader(SERVERS + "index", "List servers");
    static final Policy DETAIL = Policy.reader(SERVERS + "detail", "List servers with details");
    static final Policy INDEX_ALL = Policy.admin(SERVERS + "index:get_all_tenants", "List servers of all projects");
    static final Policy DETAIL_ALL =
            Policy.admin(SERVERS + "detail:get_all_tenants", "List servers of all projects with details");
    static final Policy ALL_FILTERS = Policy.admin(SERVERS + "allow_all_filters", "Use every filter of a list");
    static final Policy SHOW = Policy.reader(SERVERS + "show", "Show a server");
    static final Policy SHOW_HOST_STATUS =
            Policy.admin(SERVERS + "show:host_status", "Show the state of a server's host");
    static final Policy SHOW_EXTRA_SPECS = Policy.reader(
            "os_compute_api:servers:show:flavor-extra-specs", "Show the extra specs of a server's flavor");
    static final Policy EXTENDED_ATTRIBUTES =
            Policy.admin("os_compute_api:os-extended-server-attributes", "Show where a server runs");
    static final Policy CREATE = Policy.member(SERVERS + "create", "Create a server");
    static final Policy CREATE_FORCED_HOST =
            Policy.admin(SERVERS + "create:forced_host", "Create a server on a host by its zone");
    static final Policy REQUESTED_DESTINATION =
            Policy.admin("compute:servers:create:requested_destination", "Create a server on a named host");
    static final Policy DELETE = Policy.member(SERVERS + "delete", "Delete a server");
    static final Policy UPDATE = Policy.member(SERVERS + "update", "Update a server");
    static final Policy START = Policy.member(SERVERS + "start", "Start a server");
    static final Policy STOP = Policy.member(SERVERS + "stop", "Stop a server");
    static final Policy REBOOT = Policy.member(SERVERS + "reboot", "Reboot a server");
    static final Policy REBUILD = Policy.member(SERVERS + "rebuild", "Rebuild a server");
    static final Policy PAUSE = Policy.member("os_compute_api:os-pause-server:pause", "Pause a server");
    static final Policy UNPAUSE = Policy.member("os_compute_api:os-pause-server:unpause", "Unpause a server");
    static final Policy SUSPEND = Policy.member("os_compute_api:os-suspend-server:suspend", "Suspend a server");
    static final Policy RESUME = Policy.member("os_compute_api:os-suspend-server:resume", "Resume a server");
    static final Policy LOCK = Policy.member("os_compute_api:os-lock-server:lock", "Lock a server");
    static final Policy UNLOCK = Policy.member("os_compute_api:os-lock-server:unlock", "Unlock a server");
    static final Policy FORCE_DELETE =
            Policy.member("os_compute_api:os-deferred-delete:force", "Delete a server at once");
    static final Policy CONSOLE_OUTPUT = Policy.member("os_compute_api:os-console-output", "Read a server's console");
    static final Policy METADATA_INDEX = Policy.reader("os_compute_api:server-metadata:index", "List metadata");
    static final Policy METADATA_SHOW = Policy.reader("os_compute_api:server-metadata:show", "Show metadata");
    static final Policy METADATA_CREATE = Policy.member("os_compute_api:server-metadata:create", "Create metadata");
    static final Policy METADATA_UPDATE = Policy.member("os_compute_api:server-metadata:update", "Update metadata");
    static final Policy METADATA_UPDATE_ALL =
            Policy.member("os_compute_api:server-metadata:update_all", "Replace metadata");
    static final Policy METADATA_DELETE = Policy.member("os_compute_api:server-metadata:delete", "Delete metadata");
    static final Policy TAGS_INDEX = Policy.reader("os_compute_api:os-server-tags:index", "List tags");
    static final Policy TAGS_SHOW = Policy.reader("os_compute_api:os-server-tags:show", "Check a tag");
    static final Policy TAGS_UPDATE = Policy.member("os_compute_api:os-server-tags:update", "Add a tag");
    static final Policy TAGS_UPDATE_ALL = Policy.member("os_compute_api:os-server-tags:update_all", "Replace tags");
    static final Policy TAGS_DELETE = Policy.member("os_compute_api:os-server-tags:delete", "Remove a tag");
    static final Policy TAGS_DELETE_ALL = Policy.member("os_compute_api:os-server-tags:delete_all", "Remove all tags");
    static final Policy ADDRESSES_INDEX = Policy.reader("os_compute_api:ips:index", "List a server's addresses");
    static final Policy ADDRESSES_SHOW = Policy.reader("os_compute_api:ips:show", "Show addresses of one network");
    static final Policy INTERFACES_LIST = Policy.reader("os_compute_api:os-attach-interfaces:list", "List interfaces");
    static final Policy INTERFACES_SHOW =
            Policy.reader("os_compute_api:os-attach-interfaces:show", "Show an interface");
    static final Policy INTERFACES_CREATE =
            Policy.member("os_compute_api:os-attach-interfaces:create", "Attach an interface");
    static final Policy INTERFACES_DELETE =
            Policy.member("os_compute_api:os-attach-interfaces:delete", "Detach an interface");
    static final Policy ACTIONS_LIST = Policy.reader("os_compute_api:os-instance-actions:list", "List actions");
    static final Policy ACTIONS_SHOW = Policy.reader("os_compute_api:os-instance-actions:show", "Show an action");
    static final Policy ACTIONS_EVENTS =
            Policy.admin("os_compute_api:os-instance-actions:events", "Show the events of an action");
    static final Policy ACTIONS_EVENT_DETAILS =
            Policy.admin("os_compute_api:os-instance-actions:events:details", "Show the details of an action's events");
    static final Policy SECURITY_GROUPS_GET =
            Policy.reader("os_compute_api:os-security-groups:get", "List security groups");
    static final Policy SECURITY_GROUPS_SHOW =
            Policy.reader("os_compute_api:os-security-groups:show", "Show a security group");
    static final Policy SECURITY_GROUPS_LIST =
            Policy.reader("os_compute_api:os-security-groups:list", "List a server's security groups");
    static final Policy SECURITY_GROUPS_ADD =
            Policy.member("os_compute_api:os-security-groups:add", "Add a security group to a server");
    static final Policy SECURITY_GROUPS_REMOVE =
            Policy.member("os_compute_api:os-security-groups:remove", "Take a security group from a server");
    static final Policy PLACEMENT_DECISIONS =
            Policy.admin("kilonova:servers:placement-decisions", "Show why a server is where it is");
    static final Policy NOT_BUILT = Policy.reader("kilonova:not-built", "Ask for what does not exist yet");

    private ServerPolicies() {}
}
