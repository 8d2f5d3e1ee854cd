package io.kilonova.api;

import static io.kilonova.api.Unbuilt.admin;
import static io.kilonova.api.Unbuilt.gone;
import static io.kilonova.api.Unbuilt.member;
import static io.kilonova.api.Unbuilt.reader;
import static io.kilonova.api.Unbuilt.removed;
import static io.kilonova.api.Unbuilt.says;
import static io.kilonova.api.Unbuilt.service;

import io.kilonova.access.Policy;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/** What the Compute API has below a server and Kilonova does not do yet, with Nova's own policies and bodies. */
final class UnbuiltServerRoutes implements RouteTable {
    private static final String NO_QUERY = "no_parameters_query";
    private static final String CONSOLES = "remote consoles; read the serial console with os-getConsoleOutput";
    private static final String SHELVING = "shelving servers";
    private static final String VOLUMES = "attaching volumes to servers";
    private static final String SHARES = "attaching shares to servers";
    private static final String SNAPSHOTS = "making images of servers";
    private static final String PROXY = "this proxy of the network service; ask that service";

    @Override
    public void declare(Routes routes) {
        declareActions(routes.actions("/servers/{id}/action"));
        declareOlderActions(routes.actions("/servers/{id}/action"));
        declareAttachments(routes);
        routes.get("/servers/{id}/diagnostics")
                .policy(admin("os-server-diagnostics"))
                .query(NO_QUERY)
                .to(says("diagnostics of servers"));
        routes.get("/servers/{id}/topology")
                .policy(Policy.reader("compute:server:topology:index", "Show the NUMA topology of a server"))
                .query(NO_QUERY)
                .since(2, 78)
                .to(says("showing the NUMA topology of servers"));
        routes.post("/servers/{id}/remote-consoles")
                .policy(member("os-remote-consoles"))
                .body("remote_consoles/create")
                .since(2, 6)
                .to(says(CONSOLES));
        gone(routes.get("/servers/{id}/consoles"));
        gone(routes.post("/servers/{id}/consoles"));
        gone(routes.get("/servers/{id}/consoles/{console}"));
        gone(routes.delete("/servers/{id}/consoles/{console}"));
        gone(routes.get("/servers/{id}/os-virtual-interfaces"));
    }

    private static void declareActions(Routes.Actions server) {
        action(server, "shelve", member("os-shelve:shelve"), "shelve", SHELVING);
        action(server, "shelveOffload", admin("os-shelve:shelve_offload"), "shelve_offload", SHELVING);
        action(server, "unshelve", member("os-shelve:unshelve"), "unshelve", SHELVING);
        action(server, "rescue", member("os-rescue"), "rescue", "rescuing servers");
        action(server, "unrescue", member("os-unrescue"), "unrescue", "rescuing servers");
        action(server, "createImage", member("servers:create_image"), "create_image", SNAPSHOTS);
        action(server, "createBackup", member("os-create-backup"), "create_backup", SNAPSHOTS);
        action(server, "restore", member("os-deferred-delete:restore"), "restore", "restoring deleted servers");
        action(
                server,
                "changePassword",
                member("os-admin-password"),
                "change_password",
                "changing a password in a running guest");
        action(
                server,
                "os-resetState",
                admin("os-admin-actions:reset_state"),
                "reset_state",
                "setting states by hand; a server whose operation failed is in ERROR and can be deleted or rebuilt");
        server.action("trigger_crash_dump")
                .policy(member("servers:trigger_crash_dump"))
                .body("servers/actions/trigger_crash_dump")
                .since(2, 17)
                .to(says("crash dumps of guests"));
    }

    private static void declareOlderActions(Routes.Actions server) {
        Policy consoles = member("os-remote-consoles");
        for (String kind : new String[] {"VNC", "SPICE", "Serial"}) {
            server.action("os-get" + kind + "Console")
                    .policy(consoles)
                    .body("servers/actions/get_" + kind.toLowerCase(java.util.Locale.ROOT) + "_console")
                    .until(2, 5)
                    .to(says(CONSOLES));
        }
        gone(removed(server.action("os-getRDPConsole")).until(2, 5));
        gone(server.action("resetNetwork"));
        action(
                server,
                "injectNetworkInfo",
                admin("os-admin-actions:inject_network_info"),
                "inject_network_info",
                "writing network settings into guests; they learn them by DHCP");
        older(server, "addFixedIp", member("os-multinic:add"), "add_fixed_ip");
        older(server, "removeFixedIp", member("os-multinic:remove"), "remove_fixed_ip");
        older(server, "addFloatingIp", member("os-floating-ips:add"), "add_floating_ip");
        older(server, "removeFloatingIp", member("os-floating-ips:remove"), "remove_floating_ip");
    }

    private static void action(Routes.Actions server, String key, Policy policy, String schema, String what) {
        server.action(key).policy(policy).body("servers/actions/" + schema).to(says(what));
    }

    private static void older(Routes.Actions server, String key, Policy policy, String schema) {
        server.action(key)
                .policy(policy)
                .body("servers/actions/" + schema)
                .until(2, 43)
                .to(says(PROXY));
    }

    private static void declareAttachments(Routes routes) {
        String volumes = "/servers/{id}/os-volume_attachments";
        String volume = volumes + "/{volume}";
        routes.get(volumes)
                .policy(reader("os-volumes-attachments:index"))
                .query("volume_attachments/list_query")
                .to(says(VOLUMES));
        routes.post(volumes)
                .policy(member("os-volumes-attachments:create"))
                .body("volume_attachments/create")
                .to(says(VOLUMES));
        routes.get(volume)
                .policy(reader("os-volumes-attachments:show"))
                .query(NO_QUERY)
                .to(says(VOLUMES));
        routes.put(volume)
                .policy(service("os-volumes-attachments:swap"))
                .body("volume_attachments/update")
                .to(says(VOLUMES));
        routes.delete(volume).policy(member("os-volumes-attachments:delete")).to(says(VOLUMES));
        String shares = "/servers/{id}/shares";
        routes.get(shares)
                .policy(reader("os-server-shares:index"))
                .query("shares/query")
                .since(2, 97)
                .to(says(SHARES));
        routes.post(shares)
                .policy(member("os-server-shares:create"))
                .body("shares/create")
                .since(2, 97)
                .to(says(SHARES));
        routes.get(shares + "/{share}")
                .policy(reader("os-server-shares:show"))
                .query("shares/query")
                .since(2, 97)
                .to(says(SHARES));
        routes.delete(shares + "/{share}")
                .policy(member("os-server-shares:delete"))
                .since(2, 97)
                .to(says(SHARES));
    }
}
