package io.kilonova.api;

import static io.kilonova.api.Unbuilt.admin;
import static io.kilonova.api.Unbuilt.manager;
import static io.kilonova.api.Unbuilt.member;
import static io.kilonova.api.Unbuilt.reader;
import static io.kilonova.api.Unbuilt.says;
import static io.kilonova.api.Unbuilt.service;

import io.kilonova.access.Policy;
import io.kilonova.http.Answer;
import io.kilonova.http.Handler;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/** What the Compute API has beside servers and Kilonova does not do yet, with Nova's own policies and bodies. */
final class UnbuiltRoutes implements RouteTable {
    private static final String NO_QUERY = "no_parameters_query";
    private static final String AGGREGATES = "host aggregates";
    private static final String GROUPS = "server groups";
    private static final String MIGRATIONS = "moving servers between hosts";
    private static final String HOSTS = "the hosts API, which ended at 2.42; use os-services and os-hypervisors";

    @Override
    public void declare(Routes routes) {
        declareAggregates(routes);
        declareGroups(routes);
        routes.get("/os-migrations")
                .policy(manager("os-migrations:index"))
                .query("migrations/list_query")
                .to(says(MIGRATIONS));
        routes.post("/os-server-external-events")
                .policy(service("os-server-external-events:create"))
                .body("server_external_events/create")
                .to(says("events from other services"));
        routes.get("/os-console-auth-tokens/{token}")
                .policy(admin("os-console-auth-tokens"))
                .query("console_auth_tokens/show_query")
                .to(says("remote consoles"));
        routes.post("/os-assisted-volume-snapshots")
                .policy(service("os-assisted-volume-snapshots:create"))
                .body("assisted_volume_snapshots/create")
                .to(says("snapshots of volumes that guests use"));
        routes.delete("/os-assisted-volume-snapshots/{id}")
                .policy(service("os-assisted-volume-snapshots:delete"))
                .query("assisted_volume_snapshots/delete_query")
                .to(says("snapshots of volumes that guests use"));
        declareAudit(routes);
        declareHosts(routes);
    }

    private static void declareAggregates(Routes routes) {
        routes.get("/os-aggregates")
                .policy(admin("os-aggregates:index"))
                .query(NO_QUERY)
                .to(none("aggregates"));
        routes.post("/os-aggregates")
                .policy(admin("os-aggregates:create"))
                .body("aggregates/create")
                .to(says(AGGREGATES));
        routes.get("/os-aggregates/{id}")
                .policy(admin("os-aggregates:show"))
                .query(NO_QUERY)
                .to(says(AGGREGATES));
        routes.put("/os-aggregates/{id}")
                .policy(admin("os-aggregates:update"))
                .body("aggregates/update")
                .to(says(AGGREGATES));
        routes.delete("/os-aggregates/{id}")
                .policy(admin("os-aggregates:delete"))
                .to(says(AGGREGATES));
        Routes.Actions aggregate = routes.actions("/os-aggregates/{id}/action");
        for (String verb : new String[] {"add_host", "remove_host", "set_metadata"}) {
            aggregate
                    .action(verb)
                    .policy(admin("os-aggregates:" + verb))
                    .body("aggregates/actions/" + verb)
                    .to(says(AGGREGATES));
        }
        routes.post("/os-aggregates/{id}/images")
                .policy(Policy.admin("compute:aggregates:images", "Bring images to the hosts of an aggregate"))
                .body("aggregates/cache_images")
                .since(2, 81)
                .to(says(AGGREGATES));
    }

    private static void declareGroups(Routes routes) {
        routes.get("/os-server-groups")
                .policy(reader("os-server-groups:index"))
                .query("server_groups/list_query")
                .to(none("server_groups"));
        routes.post("/os-server-groups")
                .policy(member("os-server-groups:create"))
                .body("server_groups/create")
                .to(says(GROUPS));
        routes.get("/os-server-groups/{id}")
                .policy(reader("os-server-groups:show"))
                .query(NO_QUERY)
                .to(says(GROUPS));
        routes.delete("/os-server-groups/{id}")
                .policy(member("os-server-groups:delete"))
                .to(says(GROUPS));
    }

    private static void declareAudit(Routes routes) {
        String what = "the audit log of usage; ask os-simple-tenant-usage";
        routes.get("/os-instance_usage_audit_log")
                .policy(admin("os-instance-usage-audit-log:list"))
                .query(NO_QUERY)
                .to(says(what));
        routes.get("/os-instance_usage_audit_log/{before}")
                .policy(admin("os-instance-usage-audit-log:show"))
                .query(NO_QUERY)
                .to(says(what));
    }

    private static void declareHosts(Routes routes) {
        routes.get("/os-hosts")
                .policy(admin("os-hosts:list"))
                .query("hosts/list_query")
                .until(2, 42)
                .to(says(HOSTS));
        routes.get("/os-hosts/{id}")
                .policy(admin("os-hosts:show"))
                .query(NO_QUERY)
                .until(2, 42)
                .to(says(HOSTS));
        routes.put("/os-hosts/{id}")
                .policy(admin("os-hosts:update"))
                .body("hosts/update")
                .until(2, 42)
                .to(says(HOSTS));
        for (String verb : new String[] {"reboot", "shutdown", "startup"}) {
            routes.get("/os-hosts/{id}/" + verb)
                    .policy(admin("os-hosts:" + (verb.equals("startup") ? "start" : verb)))
                    .query(NO_QUERY)
                    .until(2, 42)
                    .to(says(HOSTS));
        }
    }

    /** A list of what cannot be made yet: there is none, and clients that look for one on the way go on. */
    private static Handler none(String name) {
        return request -> Answer.json(json -> json.object(() -> json.array(name, () -> {})));
    }
}
