package io.kilonova.placement;

import static io.kilonova.placement.PlacementApi.policy;

import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The names of traits and of resource classes. */
final class NameRoutes implements RouteTable {
    private final Database database;

    NameRoutes(Database database) {
        this.database = database;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/traits")
                .policy(policy("traits:list", "List traits"))
                .since(1, 6)
                .to(this::listTraits);
        routes.get("/traits/{name}")
                .policy(policy("traits:show", "Show a trait"))
                .answers(Statuses.NO_CONTENT)
                .since(1, 6)
                .to(this::showTrait);
        routes.put("/traits/{name}")
                .policy(policy("traits:update", "Create a trait"))
                .since(1, 6)
                .to(this::putTrait);
        routes.delete("/traits/{name}")
                .policy(policy("traits:delete", "Delete a trait"))
                .answers(Statuses.NO_CONTENT)
                .since(1, 6)
                .to(this::deleteTrait);
        routes.get("/resource_classes")
                .policy(policy("resource_classes:list", "List resource classes"))
                .since(1, 2)
                .to(this::listClasses);
        routes.post("/resource_classes")
                .policy(policy("resource_classes:create", "Create a resource class"))
                .anyBody()
                .since(1, 2)
                .answers(Statuses.CREATED)
                .to(this::createClass);
        routes.get("/resource_classes/{name}")
                .policy(policy("resource_classes:show", "Show a resource class"))
                .since(1, 2)
                .to(this::showClass);
        routes.put("/resource_classes/{name}")
                .policy(policy("resource_classes:update", "Create a resource class"))
                .since(1, 7)
                .to(this::putClass);
        routes.delete("/resource_classes/{name}")
                .policy(policy("resource_classes:delete", "Delete a resource class"))
                .since(1, 2)
                .answers(Statuses.NO_CONTENT)
                .to(this::deleteClass);
    }

    private Answer listTraits(Request request) {
        Wire.allow(request, Set.of("name", "associated"));
        Optional<String> name = Wire.single(request, "name");
        boolean associated =
                Wire.single(request, "associated").map(Boolean::parseBoolean).orElse(false);
        Set<String> known = database.read(sql -> associated ? Traits.used(sql) : Traits.all(sql));
        name.ifPresent(filter -> {
            if (filter.startsWith("in:")) {
                known.retainAll(Wire.commaSeparated(filter.substring(3)));
            } else if (filter.startsWith("startswith:")) {
                known.removeIf(trait -> !trait.startsWith(filter.substring("startswith:".length())));
            } else {
                throw PlacementError.QUERYPARAM_BAD_VALUE.with("name must begin with in: or startswith:");
            }
        });
        return Wire.json(request, json -> json.object(() -> json.strings("traits", known)));
    }

    private Answer showTrait(Request request) {
        boolean known = database.read(sql -> Traits.exists(sql, request.path("name")));
        if (!known) {
            throw PlacementError.TRAIT_NOT_FOUND.with(Wire.cut(request.path("name")));
        }
        return Wire.fresh(request, Answer.empty());
    }

    private Answer putTrait(Request request) {
        String name = request.path("name");
        boolean made = database.write(transaction -> Traits.create(transaction, name));
        return Wire.fresh(request, Answer.empty().status(made ? Statuses.CREATED : Statuses.NO_CONTENT))
                .header("Location", request.baseUrl() + "/traits/" + name);
    }

    private Answer deleteTrait(Request request) {
        database.change(transaction -> Traits.delete(transaction, request.path("name")));
        return Answer.empty();
    }

    private Answer listClasses(Request request) {
        List<String> names = database.read(ResourceClasses::all);
        return Wire.json(
                request,
                json -> json.object(() -> json.array(
                        "resource_classes", () -> names.forEach(name -> json.object(() -> writeClass(json, name))))));
    }

    private Answer showClass(Request request) {
        String name = request.path("name");
        boolean known = database.read(sql -> ResourceClasses.exists(sql, name));
        if (!known) {
            throw PlacementError.RESOURCE_CLASS_NOT_FOUND.with(Wire.cut(name));
        }
        return Wire.json(request, json -> json.object(() -> writeClass(json, name)));
    }

    private static void writeClass(JsonWriter json, String name) {
        json.field("name", name).array("links", () -> ProviderRoutes.link(json, "self", "/resource_classes/" + name));
    }

    private Answer createClass(Request request) {
        String name = Wire.text(Wire.only(request.body(), "the body", "name"), "name", 255);
        boolean made = database.write(transaction -> ResourceClasses.create(transaction, name));
        if (!made) {
            throw PlacementError.RESOURCE_CLASS_EXISTS.with(name);
        }
        return Answer.empty().header("Location", request.baseUrl() + "/resource_classes/" + name);
    }

    private Answer putClass(Request request) {
        String name = request.path("name");
        boolean made = database.write(transaction -> ResourceClasses.create(transaction, name));
        return Answer.empty()
                .status(made ? Statuses.CREATED : Statuses.NO_CONTENT)
                .header("Location", request.baseUrl() + "/resource_classes/" + name);
    }

    private Answer deleteClass(Request request) {
        database.change(transaction -> ResourceClasses.delete(transaction, request.path("name")));
        return Answer.empty();
    }
}
