package io.kilonova.networks;

import static io.kilonova.http.Statuses.CREATED;
import static io.kilonova.http.Statuses.NO_CONTENT;
import static io.kilonova.networks.NetworkPolicies.*;

import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import java.util.Map;

/** The Networking API: every kind of resource has the same five routes, routers and quotas have more. */
final class NetworkRoutes implements RouteTable {
    private final ResourceHandlers resources;
    private final NetworkQuotaHandlers quotas;
    private final TagHandlers tags;

    NetworkRoutes(ResourceHandlers resources, NetworkQuotaHandlers quotas, TagHandlers tags) {
        this.resources = resources;
        this.quotas = quotas;
        this.tags = tags;
    }

    /** What Neutron has and clients ask for by name: told honestly, instead of a 404 that reads like a wrong address. */
    private static final Map<String, String> NOT_BUILT = Map.of(
            "/rbac-policies", "sharing with chosen projects",
            "/qos/policies", "quality of service",
            "/segments", "network segments",
            "/address-groups", "address groups",
            "/address-scopes", "address scopes",
            "/trunks", "trunks",
            "/network-ip-availabilities", "counts of free addresses",
            "/metering", "metering labels",
            "/auto-allocated-topology", "automatic topologies");

    @Override
    public void declare(Routes routes) {
        for (Kind kind : Kind.values()) {
            String path = "/" + kind.collection();
            routes.get(path).policy(list(kind)).to(request -> resources.list(request, kind));
            routes.post(path)
                    .policy(create(kind))
                    .anyBody()
                    .answers(CREATED)
                    .to(request -> resources.create(request, kind));
            routes.get(path + "/{id}").policy(show(kind)).to(request -> resources.show(request, kind));
            routes.put(path + "/{id}").policy(update(kind)).anyBody().to(request -> resources.update(request, kind));
            routes.delete(path + "/{id}")
                    .policy(delete(kind))
                    .answers(NO_CONTENT)
                    .to(request -> resources.delete(request, kind));
        }
        for (Kind kind : Kind.values()) {
            String path = "/" + kind.collection() + "/{id}/tags";
            routes.get(path).policy(show(kind)).to(request -> tags.list(request, kind));
            routes.put(path).policy(update(kind)).anyBody().to(request -> tags.replace(request, kind));
            routes.delete(path).policy(update(kind)).answers(NO_CONTENT).to(request -> tags.removeAll(request, kind));
            routes.get(path + "/{tag}").policy(show(kind)).answers(NO_CONTENT).to(request -> tags.show(request, kind));
            routes.put(path + "/{tag}")
                    .policy(update(kind))
                    .anyBody()
                    .answers(CREATED)
                    .to(request -> tags.add(request, kind));
            routes.delete(path + "/{tag}")
                    .policy(update(kind))
                    .answers(NO_CONTENT)
                    .to(request -> tags.remove(request, kind));
        }
        NOT_BUILT.forEach((path, what) -> routes.unbuilt(path, NetworkPolicies.UNBUILT, what));
        routes.put("/routers/{id}/add_router_interface")
                .policy(ADD_ROUTER_INTERFACE)
                .anyBody()
                .to(resources::addRouterInterface);
        routes.put("/routers/{id}/remove_router_interface")
                .policy(REMOVE_ROUTER_INTERFACE)
                .anyBody()
                .to(resources::removeRouterInterface);
        routes.get("/quotas").policy(QUOTA_LIST).to(quotas::list);
        routes.get("/quotas/{project_id}")
                .policy(QUOTA_SHOW)
                .target("project_id", "project_id")
                .to(quotas::show);
        routes.get("/quotas/{project_id}/default")
                .policy(QUOTA_SHOW)
                .target("project_id", "project_id")
                .to(quotas::showDefaults);
        routes.get("/quotas/{project_id}/details.json")
                .policy(QUOTA_SHOW)
                .target("project_id", "project_id")
                .to(quotas::showDetails);
        routes.get("/quotas/{project_id}/details")
                .policy(QUOTA_SHOW)
                .target("project_id", "project_id")
                .to(quotas::showDetails);
        routes.put("/quotas/{project_id}").policy(QUOTA_UPDATE).anyBody().to(quotas::update);
        routes.delete("/quotas/{project_id}")
                .policy(QUOTA_UPDATE)
                .answers(NO_CONTENT)
                .to(quotas::reset);
        routes.get("/extensions").policy(EXTENSIONS).to(Extensions::list);
        routes.get("/extensions/{alias}").policy(EXTENSIONS).to(Extensions::show);
        routes.get("/availability_zones").policy(ZONES).to(Extensions::zones);
        routes.get("/agents").policy(AGENTS).to(Extensions::agents);
    }
}
