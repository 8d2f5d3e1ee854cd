package io.kilonova.api;

import static io.kilonova.api.HostPolicies.*;
import static io.kilonova.http.Statuses.NO_CONTENT;

import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/** The APIs of zones, services and hypervisors: what may be called, by whom, with what body, and who answers. */
final class HostRoutes implements RouteTable {
    private static final String NO_QUERY = "no_parameters_query";

    private final ZoneHandlers zones;
    private final ServiceHandlers services;
    private final HypervisorHandlers hypervisors;

    HostRoutes(ZoneHandlers zones, ServiceHandlers services, HypervisorHandlers hypervisors) {
        this.zones = zones;
        this.services = services;
        this.hypervisors = hypervisors;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/os-availability-zone").policy(ZONES_LIST).query(NO_QUERY).to(zones::list);
        routes.get("/os-availability-zone/detail")
                .policy(ZONES_DETAIL)
                .query(NO_QUERY)
                .to(zones::detail);
        routes.get("/os-services")
                .policy(SERVICES_LIST)
                .query("services/list_query")
                .to(services::list);
        routes.put("/os-services/{id}")
                .policy(SERVICES_UPDATE)
                .body("services/update")
                .to(services::update);
        routes.delete("/os-services/{id}")
                .policy(SERVICES_DELETE)
                .answers(NO_CONTENT)
                .to(services::delete);
        declareHypervisors(routes);
    }

    private void declareHypervisors(Routes routes) {
        routes.get("/os-hypervisors")
                .policy(HYPERVISORS_LIST)
                .query("hypervisors/list_query")
                .to(hypervisors::list);
        routes.get("/os-hypervisors/detail")
                .policy(HYPERVISORS_DETAIL)
                .query("hypervisors/list_query")
                .to(hypervisors::detail);
        routes.get("/os-hypervisors/statistics")
                .policy(HYPERVISORS_STATISTICS)
                .query(NO_QUERY)
                .until(2, 87)
                .to(hypervisors::statistics);
        routes.get("/os-hypervisors/{id}")
                .policy(HYPERVISORS_SHOW)
                .query("hypervisors/show_query")
                .to(hypervisors::show);
        routes.get("/os-hypervisors/{id}/uptime")
                .policy(HYPERVISORS_UPTIME)
                .query(NO_QUERY)
                .until(2, 87)
                .to(hypervisors::uptime);
        routes.get("/os-hypervisors/{id}/search")
                .policy(HYPERVISORS_SEARCH)
                .query(NO_QUERY)
                .until(2, 52)
                .to(hypervisors::search);
        routes.get("/os-hypervisors/{id}/servers")
                .policy(HYPERVISORS_SERVERS)
                .query(NO_QUERY)
                .until(2, 52)
                .to(hypervisors::servers);
    }
}
