package io.kilonova.api;

import io.kilonova.access.Policy;

/** What may be allowed of moves from host to host, under the names of Nova. */
final class MovePolicies {
    private static final String SERVERS = "os_compute_api:servers:";
    private static final String MIGRATE_SERVER = "os_compute_api:os-migrate-server:";

    static final Policy RESIZE = Policy.member(SERVERS + "resize", "Resize a server");
    static final Policy CONFIRM_RESIZE = Policy.member(SERVERS + "confirm_resize", "Confirm a resize");
    static final Policy REVERT_RESIZE = Policy.member(SERVERS + "revert_resize", "Revert a resize");
    static final Policy MIGRATE = Policy.manager(MIGRATE_SERVER + "migrate", "Move a server to another host");
    static final Policy MIGRATE_HOST = Policy.admin(MIGRATE_SERVER + "migrate:host", "Move a server to a named host");
    static final Policy MIGRATE_LIVE = Policy.manager(MIGRATE_SERVER + "migrate_live", "Move a running server");
    static final Policy MIGRATE_LIVE_HOST =
            Policy.admin(MIGRATE_SERVER + "migrate_live:host", "Move a running server to a named host");
    static final Policy EVACUATE = Policy.admin("os_compute_api:os-evacuate", "Make a server of a dead host anew");
    static final Policy INDEX = Policy.manager("os_compute_api:os-migrations:index", "List migrations");
    static final Policy INDEX_ALL =
            Policy.admin("os_compute_api:os-migrations:index:all_projects", "List migrations of all projects");
    static final Policy INDEX_HOST =
            Policy.admin("os_compute_api:os-migrations:index:host", "See the hosts of migrations");
    static final Policy SERVER_INDEX =
            Policy.manager(SERVERS + "migrations:index", "List the live migrations of a server");
    static final Policy SERVER_INDEX_HOST =
            Policy.admin(SERVERS + "migrations:index:host", "See the hosts of a server's live migrations");
    static final Policy SERVER_SHOW = Policy.admin(SERVERS + "migrations:show", "Show a live migration");
    static final Policy ABORT = Policy.manager(SERVERS + "migrations:delete", "Abort a live migration");
    static final Policy FORCE_COMPLETE =
            Policy.manager(SERVERS + "migrations:force_complete", "Make a live migration end");

    private MovePolicies() {}
}
