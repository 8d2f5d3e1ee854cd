package io.kilonova.identity;

import io.kilonova.access.Policy;
import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;

/** The tags of a project, all at once and one by one. */
final class ProjectTagRoutes implements RouteTable {
    private static final String ALL = "/projects/{project}/tags";
    private static final String ONE = ALL + "/{tag}";

    private final Database database;
    private final ChangeClock changes;

    ProjectTagRoutes(Database database, ChangeClock changes) {
        this.database = database;
        this.changes = changes;
    }

    @Override
    public void declare(Routes routes) {
        routes.get(ALL)
                .policy(IdentityPolicies.HOLDER)
                .to(request -> answer(request, tags(find(request, IdentityPolicies.GET_PROJECT_TAG))));
        routes.put(ALL)
                .policy(IdentityPolicies.HOLDER)
                .anyBody()
                .to(request -> answer(
                        request, change(request, old -> Tags.read(request.body().path("tags")))));
        routes.delete(ALL)
                .policy(IdentityPolicies.HOLDER)
                .answers(Statuses.NO_CONTENT)
                .to(request -> {
                    change(request, old -> Tags.NONE);
                    return Answer.empty();
                });
        routes.get(ONE)
                .policy(IdentityPolicies.HOLDER)
                .answers(Statuses.NO_CONTENT)
                .to(this::check);
        routes.put(ONE)
                .policy(IdentityPolicies.HOLDER)
                .answers(Statuses.CREATED)
                .to(this::add);
        routes.delete(ONE)
                .policy(IdentityPolicies.HOLDER)
                .answers(Statuses.NO_CONTENT)
                .to(this::remove);
    }

    private Answer check(Request request) {
        requireTag(request, tags(find(request, IdentityPolicies.GET_PROJECT_TAG)));
        return Answer.empty();
    }

    private Answer add(Request request) {
        String tag = Tags.valid(request.path("tag"));
        change(request, old -> {
            TreeSet<String> all = new TreeSet<>(old);
            all.add(tag);
            return Tags.join(all);
        });
        return Answer.empty();
    }

    private Answer remove(Request request) {
        change(request, old -> {
            requireTag(request, old);
            return Tags.join(
                    old.stream().filter(tag -> !tag.equals(request.path("tag"))).toList());
        });
        return Answer.empty();
    }

    private List<String> change(Request request, Function<List<String>, String> how) {
        Resource found = find(request, IdentityPolicies.UPDATE_PROJECT_TAGS);
        return database.write(transaction -> {
            changes.changed(transaction);
            Resource project = ResourceStore.get(transaction.sql(), ResourceKind.PROJECT, found.id());
            Resource changed = project.with("tags", how.apply(tags(project)));
            ResourceStore.update(transaction.sql(), changed);
            return tags(changed);
        });
    }

    private Resource find(Request request, Policy policy) {
        String id = request.path("project");
        return Guard.require(
                request,
                policy,
                ResourceKind.PROJECT,
                id,
                database.read(sql -> ResourceStore.find(sql, ResourceKind.PROJECT, id)));
    }

    private static List<String> tags(Resource project) {
        return Tags.list(project.text("tags"));
    }

    private static void requireTag(Request request, List<String> tags) {
        if (!tags.contains(request.path("tag"))) {
            throw IdentityError.NOT_FOUND.with("project tag", request.path("tag"));
        }
    }

    private static Answer answer(Request request, List<String> tags) {
        String self = request.versionUrl() + "/projects/" + request.path("project") + "/tags";
        return Answer.json(json -> json.object(() -> {
            json.strings("tags", tags);
            json.object("links", () -> json.field("self", self));
        }));
    }
}
