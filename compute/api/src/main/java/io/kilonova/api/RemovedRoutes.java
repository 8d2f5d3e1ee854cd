package io.kilonova.api;

import static io.kilonova.api.Unbuilt.gone;

import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/** What Nova took away at every microversion: cells, certificates, agents, nova-network and what hung on it. 410. */
final class RemovedRoutes implements RouteTable {
    @Override
    public void declare(Routes routes) {
        gone(routes.get("/os-agents"));
        gone(routes.post("/os-agents"));
        gone(routes.put("/os-agents/{id}"));
        gone(routes.delete("/os-agents/{id}"));
        gone(routes.post("/os-certificates"));
        gone(routes.get("/os-certificates/{id}"));
        gone(routes.get("/os-cloudpipe"));
        gone(routes.post("/os-cloudpipe"));
        gone(routes.put("/os-cloudpipe/{id}"));
        gone(routes.get("/os-fping"));
        gone(routes.get("/os-fping/{id}"));
        declareCells(routes);
        declareNetworks(routes);
    }

    private static void declareCells(Routes routes) {
        gone(routes.get("/os-cells"));
        gone(routes.post("/os-cells"));
        gone(routes.get("/os-cells/capacities"));
        gone(routes.get("/os-cells/detail"));
        gone(routes.get("/os-cells/info"));
        gone(routes.post("/os-cells/sync_instances"));
        gone(routes.get("/os-cells/{id}"));
        gone(routes.put("/os-cells/{id}"));
        gone(routes.delete("/os-cells/{id}"));
        gone(routes.get("/os-cells/{id}/capacities"));
    }

    private static void declareNetworks(Routes routes) {
        gone(routes.get("/os-fixed-ips/{id}"));
        Routes.Actions address = routes.actions("/os-fixed-ips/{id}/action");
        gone(address.action("reserve"));
        gone(address.action("unreserve"));
        gone(routes.get("/os-floating-ip-dns"));
        gone(routes.put("/os-floating-ip-dns/{id}"));
        gone(routes.delete("/os-floating-ip-dns/{id}"));
        gone(routes.get("/os-floating-ip-dns/{id}/entries/{entry}"));
        gone(routes.put("/os-floating-ip-dns/{id}/entries/{entry}"));
        gone(routes.delete("/os-floating-ip-dns/{id}/entries/{entry}"));
        gone(routes.get("/os-floating-ips-bulk"));
        gone(routes.post("/os-floating-ips-bulk"));
        gone(routes.get("/os-floating-ips-bulk/{id}"));
        gone(routes.put("/os-floating-ips-bulk/{id}"));
        gone(routes.post("/os-networks"));
        gone(routes.post("/os-networks/add"));
        gone(routes.delete("/os-networks/{id}"));
        Routes.Actions network = routes.actions("/os-networks/{id}/action");
        gone(network.action("associate_host"));
        gone(network.action("disassociate"));
        gone(network.action("disassociate_host"));
        gone(network.action("disassociate_project"));
        gone(routes.post("/os-tenant-networks"));
        gone(routes.delete("/os-tenant-networks/{id}"));
        gone(routes.get("/os-security-group-default-rules"));
        gone(routes.post("/os-security-group-default-rules"));
        gone(routes.get("/os-security-group-default-rules/{id}"));
        gone(routes.delete("/os-security-group-default-rules/{id}"));
    }
}
