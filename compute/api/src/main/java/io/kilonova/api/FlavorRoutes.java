package io.kilonova.api;

import static io.kilonova.api.FlavorPolicies.*;
import static io.kilonova.http.Statuses.ACCEPTED;

import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/** The flavors API: what may be called, by whom, with what body, and who answers. */
final class FlavorRoutes implements RouteTable {
    private static final String NO_QUERY = "no_parameters_query";

    private final FlavorHandlers flavors;
    private final ExtraSpecHandlers specs;

    FlavorRoutes(FlavorHandlers flavors, ExtraSpecHandlers specs) {
        this.flavors = flavors;
        this.specs = specs;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/flavors").policy(READ).query("flavors/list_query").to(flavors::list);
        routes.get("/flavors/detail").policy(READ).query("flavors/list_query").to(flavors::detail);
        routes.post("/flavors").policy(CREATE).body("flavors/create").to(flavors::create);
        routes.get("/flavors/{id}").policy(READ).query(NO_QUERY).to(flavors::show);
        routes.put("/flavors/{id}")
                .policy(UPDATE)
                .body("flavors/update")
                .since(2, 55)
                .to(flavors::describe);
        routes.delete("/flavors/{id}").policy(DELETE).answers(ACCEPTED).to(flavors::delete);
        routes.get("/flavors/{id}/os-flavor-access")
                .policy(ACCESS_LIST)
                .query(NO_QUERY)
                .to(flavors::listAccess);
        Routes.Actions flavor = routes.actions("/flavors/{id}/action");
        flavor.action("addTenantAccess")
                .policy(ACCESS_ADD)
                .body("flavors/actions/add_tenant_access")
                .to(flavors::addAccess);
        flavor.action("removeTenantAccess")
                .policy(ACCESS_REMOVE)
                .body("flavors/actions/remove_tenant_access")
                .to(flavors::removeAccess);
        routes.get("/flavors/{id}/os-extra_specs")
                .policy(EXTRA_SPECS_LIST)
                .query(NO_QUERY)
                .to(specs::list);
        routes.post("/flavors/{id}/os-extra_specs")
                .policy(EXTRA_SPECS_CREATE)
                .body("flavor_extra_specs/create")
                .to(specs::create);
        routes.get("/flavors/{id}/os-extra_specs/{key}")
                .policy(EXTRA_SPECS_SHOW)
                .query(NO_QUERY)
                .to(specs::show);
        routes.put("/flavors/{id}/os-extra_specs/{key}")
                .policy(EXTRA_SPECS_UPDATE)
                .body("flavor_extra_specs/update")
                .to(specs::update);
        routes.delete("/flavors/{id}/os-extra_specs/{key}")
                .policy(EXTRA_SPECS_DELETE)
                .to(specs::delete);
    }
}
