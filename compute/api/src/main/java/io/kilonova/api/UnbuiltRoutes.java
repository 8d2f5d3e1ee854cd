package io.kilonova.api;

import static io.kilonova.api.Unbuilt.admin;
import static io.kilonova.api.Unbuilt.says;
import static io.kilonova.api.Unbuilt.service;

import io.kilonova.access.Policy;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/** What the Compute API has beside servers and Kilonova does not do yet, with Nova's own policies and bodies. */
final class UnbuiltRoutes implements RouteTable {
    private static final String NO_QUERY = "no_parameters_query";
    private static final String HOSTS = "the hosts API, which ended at 2.42; use os-services and os-hypervisors";

    @Override
    public void declare(Routes routes) {
        routes.post("/os-aggregates/{id}/images")
                .policy(Policy.admin("compute:aggregates:images", "Bring images to the hosts of an aggregate"))
                .body("aggregates/cache_images")
                .since(2, 81)
                .to(says("bringing images to hosts before they are needed"));
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
}
