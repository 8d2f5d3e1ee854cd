package io.kilonova.api;

import io.kilonova.access.Policy;
import io.kilonova.access.Visibility;
import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.servers.ServerStore;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The list of extensions, from the time when APIs had parts that could be missing: the parts that are answered here. And the
 * password of a server, which no guest has told.
 */
final class ExtensionRoutes implements RouteTable {
    private static final String NO_QUERY = "no_parameters_query";
    private static final Policy EXTENSIONS = Policy.anyone("os_compute_api:extensions", "List extensions");
    private static final Policy PASSWORD_SHOW =
            Policy.reader("os_compute_api:os-server-password:show", "Show the password that a guest told");
    private static final Policy PASSWORD_CLEAR =
            Policy.member("os_compute_api:os-server-password:clear", "Forget the password that a guest told");

    private static final Map<String, String> NAMES = new TreeMap<>(Map.ofEntries(
            Map.entry("OS-DCF", "DiskConfig"),
            Map.entry("OS-EXT-AZ", "ExtendedAvailabilityZone"),
            Map.entry("OS-EXT-IPS", "ExtendedIps"),
            Map.entry("OS-EXT-IPS-MAC", "ExtendedIpsMac"),
            Map.entry("OS-EXT-SRV-ATTR", "ExtendedServerAttributes"),
            Map.entry("OS-EXT-STS", "ExtendedStatus"),
            Map.entry("OS-FLV-DISABLED", "FlavorDisabled"),
            Map.entry("OS-FLV-EXT-DATA", "FlavorExtraData"),
            Map.entry("OS-SCH-HNT", "SchedulerHints"),
            Map.entry("OS-SRV-USG", "ServerUsage"),
            Map.entry("flavors", "Flavors"),
            Map.entry("ips", "Ips"),
            Map.entry("limits", "Limits"),
            Map.entry("os-aggregates", "Aggregates"),
            Map.entry("os-attach-interfaces", "AttachInterfaces"),
            Map.entry("os-availability-zone", "AvailabilityZone"),
            Map.entry("os-config-drive", "ConfigDrive"),
            Map.entry("os-console-output", "ConsoleOutput"),
            Map.entry("os-flavor-access", "FlavorAccess"),
            Map.entry("os-flavor-extra-specs", "FlavorExtraSpecs"),
            Map.entry("os-flavor-manage", "FlavorManage"),
            Map.entry("os-hypervisors", "Hypervisors"),
            Map.entry("os-instance-actions", "InstanceActions"),
            Map.entry("os-keypairs", "Keypairs"),
            Map.entry("os-lock-server", "LockServer"),
            Map.entry("os-multiple-create", "MultipleCreate"),
            Map.entry("os-pause-server", "PauseServer"),
            Map.entry("os-personality", "Personality"),
            Map.entry("os-quota-class-sets", "QuotaClasses"),
            Map.entry("os-quota-sets", "Quotas"),
            Map.entry("os-security-groups", "SecurityGroups"),
            Map.entry("os-server-groups", "ServerGroups"),
            Map.entry("os-services", "Services"),
            Map.entry("os-simple-tenant-usage", "SimpleTenantUsage"),
            Map.entry("os-suspend-server", "SuspendServer"),
            Map.entry("os-user-data", "UserData"),
            Map.entry("server-metadata", "ServerMetadata"),
            Map.entry("servers", "Servers"),
            Map.entry("versions", "Versions")));

    private final ServerStore servers;

    ExtensionRoutes(ServerStore servers) {
        this.servers = servers;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/extensions").policy(EXTENSIONS).query(NO_QUERY).to(ExtensionRoutes::list);
        routes.get("/extensions/{alias}").policy(EXTENSIONS).query(NO_QUERY).to(ExtensionRoutes::show);
        routes.get("/servers/{id}/os-server-password")
                .policy(PASSWORD_SHOW)
                .query(NO_QUERY)
                .to(this::password);
        routes.delete("/servers/{id}/os-server-password")
                .policy(PASSWORD_CLEAR)
                .answers(Statuses.NO_CONTENT)
                .to(this::clearPassword);
    }

    private static Answer list(Request request) {
        return Answer.json(json -> json.object(() -> json.array(
                "extensions", () -> NAMES.forEach((alias, name) -> json.object(() -> write(json, alias, name))))));
    }

    private static Answer show(Request request) {
        String alias = request.path("alias");
        String name = Optional.ofNullable(NAMES.get(alias)).orElseThrow(HttpError.NOT_FOUND::with);
        return Answer.json(json -> json.object(() -> json.object("extension", () -> write(json, alias, name))));
    }

    private static void write(JsonWriter json, String alias, String name) {
        json.field("alias", alias)
                .field("name", name)
                .field("description", name)
                .field("namespace", "http://docs.openstack.org/compute/ext/fake_xml")
                .field("updated", "2014-12-03T00:00:00Z");
        json.array("links", () -> {});
    }

    private Answer password(Request request) {
        requireServer(request);
        return Answer.json(json -> json.object(() -> json.field("password", "")));
    }

    private Answer clearPassword(Request request) {
        requireServer(request);
        return Answer.empty();
    }

    private void requireServer(Request request) {
        Visibility visibility = request.caller().visibility();
        servers.get(visibility, request.path("id"));
    }
}
