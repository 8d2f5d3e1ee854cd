package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.PageLinks;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Query;
import io.kilonova.http.Request;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.Migration;
import io.kilonova.servers.MigrationType;
import io.kilonova.servers.Migrations;
import io.kilonova.servers.ServerError;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lists the moves of servers; shows, aborts and forces live migrations that go on. */
final class MigrationHandlers {
    private static final List<String> FILTERS =
            List.of("status", "migration_type", "source_compute", "instance_uuid", "user_id", "project_id", "host");

    private final ComputeService compute;
    private final MigrationView view;
    private final int maximumLimit;

    MigrationHandlers(ComputeService compute, MigrationView view, int maximumLimit) {
        this.compute = compute;
        this.view = view;
        this.maximumLimit = maximumLimit;
    }

    Answer list(Request request) {
        Query query = request.query();
        boolean pages = request.version().atLeast(2, 59);
        Map<String, String> equal = new HashMap<>();
        FILTERS.forEach(name -> query.last(name).ifPresent(value -> equal.put(name, value)));
        if (request.version().before(2, 80)) {
            equal.keySet().removeAll(List.of("user_id", "project_id"));
        }
        if (!request.allows(MovePolicies.INDEX_ALL)) {
            equal.put("project_id", request.caller().project());
        }
        Optional<Instant> since = time(query, "changes-since");
        Optional<Instant> before = time(query, "changes-before");
        if (since.isPresent() && before.filter(since.get()::isAfter).isPresent()) {
            throw HttpError.QUERY_INVALID.with(
                    "The value of changes-since must be less than or equal to changes-before.");
        }
        PageRequest asked = pages
                ? PageRequest.of(query, maximumLimit)
                : PageRequest.of(Query.parse(Optional.empty()), maximumLimit);
        List<Migration> shown = compute.moves()
                .migrations()
                .list(new Migrations.Filter(equal, since, before, asked.limit(), asked.marker()));
        MigrationView.Page page = view.page(request, request.allows(MovePolicies.INDEX_HOST));
        return Answer.json(json -> json.object(() -> {
            json.array("migrations", () -> shown.forEach(migration -> page.listed(json, migration)));
            if (pages) {
                PageLinks.next(json, request, asked, "migrations_links", "os-migrations", ids(shown));
            }
        }));
    }

    private static List<String> ids(List<Migration> migrations) {
        return migrations.stream().map(Migration::id).toList();
    }

    private static Optional<Instant> time(Query query, String name) {
        return query.last(name).map(value -> ServerListReader.time(name, value));
    }

    Answer listOfServer(Request request) {
        List<Migration> shown = ofServer(request).stream()
                .filter(migration -> migration.type() == MigrationType.LIVE_MIGRATION
                        && migration.status().inProgress())
                .toList();
        MigrationView.Page page = view.page(request, request.allows(MovePolicies.SERVER_INDEX_HOST));
        return Answer.json(json -> json.object(() ->
                json.array("migrations", () -> shown.forEach(migration -> page.ofServer(json, migration)))));
    }

    Answer show(Request request) {
        String id = request.path("migration");
        String server = request.path("id");
        Migration migration = ofServer(request).stream()
                .filter(candidate -> String.valueOf(candidate.number()).equals(id))
                .findFirst()
                .orElseThrow(() -> ServerError.LIVE_MIGRATION_NOT_FOUND.with(id, server));
        if (migration.type() != MigrationType.LIVE_MIGRATION) {
            throw ServerError.LIVE_MIGRATION_OTHER_TYPE.with(id, server);
        }
        if (!migration.status().inProgress()) {
            throw ServerError.LIVE_MIGRATION_ENDED.with(id, server);
        }
        MigrationView.Page page = view.page(request, true);
        return Answer.json(json ->
                json.object(() -> json.name("migration").object(() -> page.fieldsOfServer(json, migration))));
    }

    private List<Migration> ofServer(Request request) {
        String id = request.path("id");
        compute.servers().get(request.caller().visibility(), id);
        return compute.moves().migrations().ofServer(id);
    }

    Answer abort(Request request) {
        compute.moves()
                .abort(
                        request.caller(),
                        request.id(),
                        request.path("id"),
                        request.path("migration"),
                        request.version().atLeast(2, 65));
        return Answer.empty();
    }

    Answer forceComplete(Request request) {
        compute.moves().forceComplete(request.caller(), request.id(), request.path("id"), request.path("migration"));
        return Answer.empty();
    }
}
