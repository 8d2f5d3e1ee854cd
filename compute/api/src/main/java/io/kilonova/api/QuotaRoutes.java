package io.kilonova.api;

import static io.kilonova.api.QuotaPolicies.*;
import static io.kilonova.http.Statuses.ACCEPTED;

import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/** The limits, quotas and usage APIs: what may be called, by whom, with what body, and who answers. */
final class QuotaRoutes implements RouteTable {
    private static final String SET_QUERY = "quota_sets/query";
    private static final String NO_QUERY = "no_parameters_query";

    private final QuotaHandlers quotas;
    private final TenantUsageHandlers usage;

    QuotaRoutes(QuotaHandlers quotas, TenantUsageHandlers usage) {
        this.quotas = quotas;
        this.usage = usage;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/limits").policy(LIMITS).query("limits/show_query").to(quotas::limits);
        routes.get("/os-quota-sets/{id}")
                .policy(SHOW)
                .target("project_id", "id")
                .query(SET_QUERY)
                .to(quotas::show);
        routes.get("/os-quota-sets/{id}/detail")
                .policy(DETAIL)
                .target("project_id", "id")
                .query(SET_QUERY)
                .to(quotas::detail);
        routes.get("/os-quota-sets/{id}/defaults")
                .policy(DEFAULTS)
                .query(NO_QUERY)
                .to(quotas::defaults);
        routes.put("/os-quota-sets/{id}")
                .policy(UPDATE)
                .query(SET_QUERY)
                .body("quota_sets/update")
                .to(quotas::update);
        routes.delete("/os-quota-sets/{id}")
                .policy(DELETE)
                .query(SET_QUERY)
                .answers(ACCEPTED)
                .to(quotas::delete);
        routes.get("/os-quota-class-sets/{id}")
                .policy(CLASS_SHOW)
                .query(NO_QUERY)
                .to(quotas::showClass);
        routes.put("/os-quota-class-sets/{id}")
                .policy(CLASS_UPDATE)
                .body("quota_class_sets/update")
                .to(quotas::updateClass);
        routes.get("/os-simple-tenant-usage")
                .policy(USAGE_LIST)
                .query("simple_tenant_usage/list_query")
                .to(usage::list);
        routes.get("/os-simple-tenant-usage/{id}")
                .policy(USAGE_SHOW)
                .target("project_id", "id")
                .query("simple_tenant_usage/show_query")
                .to(usage::show);
    }
}
