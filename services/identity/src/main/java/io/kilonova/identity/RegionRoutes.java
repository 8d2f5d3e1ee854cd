package io.kilonova.identity;

import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;

/** A region under an id of the caller's choice. */
final class RegionRoutes implements RouteTable {
    private final Database database;
    private final ChangeClock changes;

    RegionRoutes(Database database, ChangeClock changes) {
        this.database = database;
        this.changes = changes;
    }

    @Override
    public void declare(Routes routes) {
        routes.put("/regions/{id}")
                .policy(IdentityPolicies.REGIONS.create())
                .anyBody()
                .answers(Statuses.CREATED)
                .to(this::create);
    }

    private Answer create(Request request) {
        CatalogRules rules = new CatalogRules(ResourceKind.REGION);
        Resource region = ResourceBody.creating(ResourceKind.REGION, request.body())
                .withId(CatalogRules.validRegion(request.path("id")));
        Resource stored = database.write(transaction -> {
            changes.changed(transaction);
            Resource complete = rules.creating(transaction.sql(), region);
            ResourceStore.insert(transaction.sql(), complete);
            return complete;
        });
        return Answer.json(json -> json.object(() ->
                json.object(ResourceKind.REGION.singular(), () -> ResourceView.write(json, request, stored, rules))));
    }
}
