package io.kilonova.api;

import io.kilonova.access.Policy;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/** Operations, which Nova does not show: of all projects, so for operators alone. */
final class OperationRoutes implements RouteTable {
    static final Policy LIST = Policy.admin("kilonova:operations:list", "List what is carried out, and what was");
    static final Policy SHOW = Policy.admin("kilonova:operations:show", "Show an operation");

    private final OperationHandlers operations;

    OperationRoutes(OperationHandlers operations) {
        this.operations = operations;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/operations").policy(LIST).query("operations/list_query").to(operations::list);
        routes.get("/operations/{id}").policy(SHOW).query("no_parameters_query").to(operations::show);
    }
}
