package io.kilonova.networks;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.util.Map;
import java.util.TreeMap;

/** What this Networking API can beyond its core, under the aliases that clients look for. */
final class Extensions {
    private static final Map<String, String> KNOWN = new TreeMap<>(Map.ofEntries(
            Map.entry("router", "Neutron L3 Router"),
            Map.entry("security-group", "security-group"),
            Map.entry("external-net", "Neutron external network"),
            Map.entry("provider", "Provider Network"),
            Map.entry("binding", "Port Binding"),
            Map.entry("quotas", "Quota management support"),
            Map.entry("quota_details", "Quota details management support"),
            Map.entry("extraroute", "Neutron Extra Route"),
            Map.entry("ext-gw-mode", "Neutron L3 Configurable external gateway mode"),
            Map.entry("subnet_allocation", "Subnet Allocation"),
            Map.entry("default-subnetpools", "Default Subnetpools"),
            Map.entry("subnet-service-types", "Subnet service types"),
            Map.entry("extra_dhcp_opt", "Neutron Extra DHCP options"),
            Map.entry("allowed-address-pairs", "Allowed Address Pairs"),
            Map.entry("port-security", "Port Security"),
            Map.entry("net-mtu", "Network MTU"),
            Map.entry("net-mtu-writable", "Network MTU (writable)"),
            Map.entry("availability_zone", "Availability Zone"),
            Map.entry("agent", "agent"),
            Map.entry("standard-attr-description", "standard-attr-description"),
            Map.entry("standard-attr-timestamp", "Resource timestamps"),
            Map.entry("standard-attr-revisions", "Resource revision numbers"),
            Map.entry("standard-attr-tag", "Tag support for resources with standard attribute"),
            Map.entry("project-id", "project_id field enabled"),
            Map.entry("pagination", "Pagination support"),
            Map.entry("sorting", "Sorting support"),
            Map.entry("fip-port-details", "Floating IP Port Details Extension"),
            Map.entry("ip-substring-filtering", "IP address substring filtering")));

    private Extensions() {}

    static Answer list(Request request) {
        return Answer.json(json ->
                json.object(() -> json.array("extensions", () -> KNOWN.keySet().forEach(alias -> write(json, alias)))));
    }

    static Answer show(Request request) {
        String alias = request.path("alias");
        if (!KNOWN.containsKey(alias)) {
            throw HttpError.NOT_FOUND.with();
        }
        return Answer.json(json -> json.object(() -> {
            json.name("extension");
            write(json, alias);
        }));
    }

    static Answer zones(Request request) {
        return Answer.json(json -> json.object(() -> json.array("availability_zones", () -> {
            for (String resource : new String[] {"network", "router"}) {
                json.object(() ->
                        json.field("name", "nova").field("resource", resource).field("state", "available"));
            }
        })));
    }

    /** There are none: the cloud writes OVN's database itself. */
    static Answer agents(Request request) {
        return Answer.json(json -> json.object(() -> json.array("agents", () -> {})));
    }

    private static void write(JsonWriter json, String alias) {
        json.object(() -> json.field("alias", alias)
                .field("name", KNOWN.get(alias))
                .field("description", KNOWN.get(alias))
                .field("updated", "2026-01-01T00:00:00-00:00")
                .array("links", () -> {}));
    }
}
