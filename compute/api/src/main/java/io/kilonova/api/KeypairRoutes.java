package io.kilonova.api;

import static io.kilonova.api.KeypairPolicies.*;

import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/** The key pairs API: what may be called, by whom, with what body, and who answers. */
final class KeypairRoutes implements RouteTable {
    private final KeypairHandlers keypairs;

    KeypairRoutes(KeypairHandlers keypairs) {
        this.keypairs = keypairs;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/os-keypairs").policy(INDEX).query("keypairs/list_query").to(keypairs::list);
        routes.post("/os-keypairs").policy(CREATE).body("keypairs/create").to(keypairs::create);
        routes.get("/os-keypairs/{name}").policy(SHOW).query("keypairs/query").to(keypairs::show);
        routes.delete("/os-keypairs/{name}")
                .policy(DELETE)
                .query("keypairs/query")
                .to(keypairs::delete);
    }
}
