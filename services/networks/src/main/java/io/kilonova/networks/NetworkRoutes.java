package io.kilonova.networks;

import static io.kilonova.http.Statuses.CREATED;
import static io.kilonova.http.Statuses.NO_CONTENT;
import static io.kilonova.networks.NetworkPolicies.*;

import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/** The Networking API: every kind of resource has the same five routes, routers and quotas have more. */
final class NetworkRoutes implements RouteTable {
    private final ResourceHandlers resources;
    private final NetworkQuotaHandlers quotas;

    NetworkRoutes(ResourceHandlers resources, NetworkQuotaHandlers quotas) {
        this.resources = resources;
        this.quotas = quotas;
    }

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
