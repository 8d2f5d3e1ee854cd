package io.kilonova.api;

import static io.kilonova.api.MovePolicies.*;
import static io.kilonova.http.Statuses.ACCEPTED;
import static io.kilonova.http.Statuses.NO_CONTENT;

import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;

/** What takes servers from host to host, and what is told of it. */
final class MoveRoutes implements RouteTable {
    private static final String NO_QUERY = "no_parameters_query";

    private final MoveHandlers moves;
    private final MigrationHandlers migrations;

    MoveRoutes(MoveHandlers moves, MigrationHandlers migrations) {
        this.moves = moves;
        this.migrations = migrations;
    }

    @Override
    public void declare(Routes routes) {
        Routes.Actions server = routes.actions("/servers/{id}/action");
        server.action("resize")
                .policy(RESIZE)
                .body("servers/actions/resize")
                .answers(ACCEPTED)
                .to(moves::resize);
        server.action("confirmResize")
                .policy(CONFIRM_RESIZE)
                .body("servers/actions/confirm_resize")
                .answers(NO_CONTENT)
                .to(moves::confirm);
        server.action("revertResize")
                .policy(REVERT_RESIZE)
                .body("servers/actions/revert_resize")
                .answers(ACCEPTED)
                .to(moves::revert);
        server.action("migrate")
                .policy(MIGRATE)
                .body("servers/actions/migrate")
                .answers(ACCEPTED)
                .to(moves::migrate);
        server.action("os-migrateLive")
                .policy(MIGRATE_LIVE)
                .body("servers/actions/live_migrate")
                .answers(ACCEPTED)
                .to(moves::liveMigrate);
        server.action("evacuate")
                .policy(EVACUATE)
                .body("servers/actions/evacuate")
                .to(moves::evacuate);
        routes.get("/os-migrations")
                .policy(INDEX)
                .query("migrations/list_query")
                .to(migrations::list);
        declareServerMigrations(routes, "/servers/{id}/migrations");
    }

    private void declareServerMigrations(Routes routes, String path) {
        routes.get(path).policy(SERVER_INDEX).query(NO_QUERY).since(2, 23).to(migrations::listOfServer);
        routes.get(path + "/{migration}")
                .policy(SERVER_SHOW)
                .query(NO_QUERY)
                .since(2, 23)
                .to(migrations::show);
        routes.delete(path + "/{migration}")
                .policy(ABORT)
                .since(2, 24)
                .answers(ACCEPTED)
                .to(migrations::abort);
        routes.actions(path + "/{migration}/action")
                .action("force_complete")
                .policy(FORCE_COMPLETE)
                .body("server_migrations/force_complete")
                .since(2, 22)
                .answers(ACCEPTED)
                .to(migrations::forceComplete);
    }
}
