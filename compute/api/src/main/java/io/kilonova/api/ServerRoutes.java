package io.kilonova.api;

import static io.kilonova.api.ServerPolicies.*;
import static io.kilonova.http.Statuses.ACCEPTED;
import static io.kilonova.http.Statuses.CREATED;
import static io.kilonova.http.Statuses.NO_CONTENT;

import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.servers.ServerCommand;

/** The servers API: what may be called, by whom, with what body, and who answers. */
final class ServerRoutes implements RouteTable {
    private static final String NO_QUERY = "no_parameters_query";

    private final ServerHandlers servers;
    private final ServerActionHandlers actions;
    private final ServerMetadataHandlers metadata;
    private final ServerTagHandlers tags;
    private final ServerNetworkHandlers networks;
    private final InstanceActionHandlers history;

    ServerRoutes(
            ServerHandlers servers,
            ServerActionHandlers actions,
            ServerMetadataHandlers metadata,
            ServerTagHandlers tags,
            ServerNetworkHandlers networks,
            InstanceActionHandlers history) {
        this.servers = servers;
        this.actions = actions;
        this.metadata = metadata;
        this.tags = tags;
        this.networks = networks;
        this.history = history;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/servers").policy(INDEX).query("servers/list_query").to(servers::list);
        routes.get("/servers/detail").policy(DETAIL).query("servers/list_query").to(servers::detail);
        routes.post("/servers")
                .policy(CREATE)
                .body("servers/create")
                .answers(ACCEPTED)
                .to(servers::create);
        routes.get("/servers/{id}").policy(SHOW).query(NO_QUERY).to(servers::show);
        routes.put("/servers/{id}").policy(UPDATE).body("servers/update").to(servers::update);
        routes.delete("/servers/{id}").policy(DELETE).answers(NO_CONTENT).to(servers::delete);
        routes.get("/servers/{id}/placement-decisions")
                .policy(PLACEMENT_DECISIONS)
                .to(servers::placementDecisions);
        declareActions(routes.actions("/servers/{id}/action"));
        declareMetadata(routes);
        declareTags(routes);
        declareNetworks(routes);
        routes.get("/servers/{id}/os-instance-actions")
                .policy(ACTIONS_LIST)
                .query("instance_actions/list_query")
                .to(history::list);
        routes.get("/servers/{id}/os-instance-actions/{request_id}")
                .policy(ACTIONS_SHOW)
                .query(NO_QUERY)
                .to(history::show);
    }

    private void declareActions(Routes.Actions server) {
        power(server, "os-start", START, "servers/actions/start", ServerCommand.START);
        power(server, "os-stop", STOP, "servers/actions/stop", ServerCommand.STOP);
        power(server, "pause", PAUSE, "servers/actions/pause", ServerCommand.PAUSE);
        power(server, "unpause", UNPAUSE, "servers/actions/unpause", ServerCommand.UNPAUSE);
        power(server, "suspend", SUSPEND, "servers/actions/suspend", ServerCommand.SUSPEND);
        power(server, "resume", RESUME, "servers/actions/resume", ServerCommand.RESUME);
        server.action("reboot")
                .policy(REBOOT)
                .body("servers/actions/reboot")
                .answers(ACCEPTED)
                .to(actions::reboot);
        server.action("rebuild")
                .policy(REBUILD)
                .body("servers/actions/rebuild")
                .answers(ACCEPTED)
                .to(servers::rebuild);
        server.action("lock")
                .policy(LOCK)
                .body("servers/actions/lock")
                .answers(ACCEPTED)
                .to(actions::lock);
        server.action("unlock")
                .policy(UNLOCK)
                .body("servers/actions/unlock")
                .answers(ACCEPTED)
                .to(actions::unlock);
        server.action("forceDelete")
                .policy(FORCE_DELETE)
                .body("servers/actions/force_delete")
                .answers(ACCEPTED)
                .to(servers::delete);
        server.action("os-getConsoleOutput")
                .policy(CONSOLE_OUTPUT)
                .body("servers/actions/get_console_output")
                .to(actions::consoleOutput);
        server.action("addSecurityGroup")
                .policy(SECURITY_GROUPS_ADD)
                .body("servers/actions/add_security_group")
                .answers(ACCEPTED)
                .to(networks::addSecurityGroup);
        server.action("removeSecurityGroup")
                .policy(SECURITY_GROUPS_REMOVE)
                .body("servers/actions/remove_security_group")
                .answers(ACCEPTED)
                .to(networks::removeSecurityGroup);
    }

    private void power(
            Routes.Actions server, String key, io.kilonova.access.Policy policy, String schema, ServerCommand command) {
        server.action(key).policy(policy).body(schema).answers(ACCEPTED).to(request -> actions.power(request, command));
    }

    private void declareMetadata(Routes routes) {
        routes.get("/servers/{id}/metadata").policy(METADATA_INDEX).to(metadata::list);
        routes.post("/servers/{id}/metadata")
                .policy(METADATA_CREATE)
                .body("server_metadata/create")
                .to(metadata::merge);
        routes.put("/servers/{id}/metadata")
                .policy(METADATA_UPDATE_ALL)
                .body("server_metadata/update_all")
                .to(metadata::replace);
        routes.get("/servers/{id}/metadata/{key}").policy(METADATA_SHOW).to(metadata::show);
        routes.put("/servers/{id}/metadata/{key}")
                .policy(METADATA_UPDATE)
                .body("server_metadata/update")
                .to(metadata::update);
        routes.delete("/servers/{id}/metadata/{key}")
                .policy(METADATA_DELETE)
                .answers(NO_CONTENT)
                .to(metadata::delete);
    }

    private void declareTags(Routes routes) {
        routes.get("/servers/{id}/tags").policy(TAGS_INDEX).since(2, 26).to(tags::list);
        routes.put("/servers/{id}/tags")
                .policy(TAGS_UPDATE_ALL)
                .body("server_tags/update_all")
                .since(2, 26)
                .to(tags::replace);
        routes.delete("/servers/{id}/tags")
                .policy(TAGS_DELETE_ALL)
                .since(2, 26)
                .answers(NO_CONTENT)
                .to(tags::clear);
        routes.get("/servers/{id}/tags/{tag}")
                .policy(TAGS_SHOW)
                .since(2, 26)
                .answers(NO_CONTENT)
                .to(tags::check);
        routes.put("/servers/{id}/tags/{tag}")
                .policy(TAGS_UPDATE)
                .since(2, 26)
                .answers(CREATED)
                .to(tags::add);
        routes.delete("/servers/{id}/tags/{tag}")
                .policy(TAGS_DELETE)
                .since(2, 26)
                .answers(NO_CONTENT)
                .to(tags::remove);
    }

    private void declareNetworks(Routes routes) {
        routes.get("/servers/{id}/ips").policy(ADDRESSES_INDEX).to(networks::addresses);
        routes.get("/servers/{id}/ips/{network}").policy(ADDRESSES_SHOW).to(networks::addressesOf);
        routes.get("/os-security-groups")
                .policy(SECURITY_GROUPS_GET)
                .query("security_groups/list_query")
                .until(2, 35)
                .to(networks::listSecurityGroups);
        routes.get("/os-security-groups/{group}")
                .policy(SECURITY_GROUPS_SHOW)
                .query(NO_QUERY)
                .until(2, 35)
                .to(networks::showSecurityGroup);
        routes.get("/servers/{id}/os-security-groups")
                .policy(SECURITY_GROUPS_LIST)
                .to(networks::securityGroups);
        routes.get("/servers/{id}/os-interface").policy(INTERFACES_LIST).to(networks::interfaces);
        routes.post("/servers/{id}/os-interface")
                .policy(INTERFACES_CREATE)
                .body("interfaces/create")
                .to(networks::attach);
        routes.get("/servers/{id}/os-interface/{port}").policy(INTERFACES_SHOW).to(networks::showInterface);
        routes.delete("/servers/{id}/os-interface/{port}")
                .policy(INTERFACES_DELETE)
                .answers(ACCEPTED)
                .to(networks::detach);
    }
}
