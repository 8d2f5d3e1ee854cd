package io.kilonova.identity;

import static io.kilonova.identity.Columns.GROUP_ID;
import static io.kilonova.identity.Columns.MEMBERS;
import static io.kilonova.identity.Columns.USER_ID;

import io.kilonova.access.Policy;
import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jooq.impl.DSL;

/** Who is in which group. */
final class MembershipRoutes implements RouteTable {
    private static final String MEMBER = "/groups/{group}/users/{user}";

    private final Database database;
    private final ChangeClock changes;
    private final ResourceRules userRules;

    MembershipRoutes(Database database, ChangeClock changes, ResourceRules userRules) {
        this.database = database;
        this.changes = changes;
        this.userRules = userRules;
    }

    @Override
    public void declare(Routes routes) {
        routes.get("/groups/{group}/users").policy(IdentityPolicies.HOLDER).to(this::users);
        routes.get("/users/{user}/groups").policy(IdentityPolicies.HOLDER).to(this::groups);
        routes.put(MEMBER)
                .policy(IdentityPolicies.HOLDER)
                .answers(Statuses.NO_CONTENT)
                .to(this::add);
        routes.head(MEMBER)
                .policy(IdentityPolicies.HOLDER)
                .answers(Statuses.NO_CONTENT)
                .to(this::check);
        routes.get(MEMBER)
                .policy(IdentityPolicies.HOLDER)
                .answers(Statuses.NO_CONTENT)
                .to(this::check);
        routes.delete(MEMBER)
                .policy(IdentityPolicies.HOLDER)
                .answers(Statuses.NO_CONTENT)
                .to(this::remove);
    }

    private Answer users(Request request) {
        Resource group = find(request, IdentityPolicies.LIST_USERS_IN_GROUP, ResourceKind.GROUP, "group");
        return new ResourceList(database, request, ResourceKind.USER, userRules)
                .answer(ResourceFilters.of(ResourceKind.USER, request.query())
                        .and(ResourceKind.ID.in(
                                DSL.select(USER_ID).from(MEMBERS).where(GROUP_ID.eq(group.id())))));
    }

    private Answer groups(Request request) {
        Resource user = find(request, IdentityPolicies.LIST_GROUPS_FOR_USER, ResourceKind.USER, "user");
        return new ResourceList(database, request, ResourceKind.GROUP, new GroupRules())
                .answer(ResourceFilters.of(ResourceKind.GROUP, request.query())
                        .and(ResourceKind.ID.in(
                                DSL.select(GROUP_ID).from(MEMBERS).where(USER_ID.eq(user.id())))));
    }

    private Answer add(Request request) {
        Pair pair = pair(request, IdentityPolicies.ADD_USER_TO_GROUP);
        database.change(transaction -> {
            changes.changed(transaction);
            transaction
                    .sql()
                    .insertInto(MEMBERS)
                    .set(GROUP_ID, pair.group().id())
                    .set(USER_ID, pair.user().id())
                    .onConflictDoNothing()
                    .execute();
        });
        return Answer.empty();
    }

    private Answer check(Request request) {
        Pair pair = pair(request, IdentityPolicies.CHECK_USER_IN_GROUP);
        boolean member = database.read(sql -> sql.fetchExists(sql.selectOne()
                .from(MEMBERS)
                .where(GROUP_ID.eq(pair.group().id()))
                .and(USER_ID.eq(pair.user().id()))));
        if (!member) {
            throw notMember(pair);
        }
        return Answer.empty();
    }

    private Answer remove(Request request) {
        Pair pair = pair(request, IdentityPolicies.REMOVE_USER_FROM_GROUP);
        database.change(transaction -> {
            changes.changed(transaction);
            int removed = transaction
                    .sql()
                    .deleteFrom(MEMBERS)
                    .where(GROUP_ID.eq(pair.group().id()))
                    .and(USER_ID.eq(pair.user().id()))
                    .execute();
            if (removed == 0) {
                throw notMember(pair);
            }
        });
        return Answer.empty();
    }

    /** A group and a user. */
    private record Pair(Resource group, Resource user) {}

    private Pair pair(Request request, Policy policy) {
        Optional<Resource> group =
                database.read(sql -> ResourceStore.find(sql, ResourceKind.GROUP, request.path("group")));
        Optional<Resource> user =
                database.read(sql -> ResourceStore.find(sql, ResourceKind.USER, request.path("user")));
        Map<String, String> target = new HashMap<>();
        group.ifPresent(found -> target.putAll(Guard.target(found)));
        user.ifPresent(found -> target.putAll(Guard.target(found)));
        Guard.require(request, policy, target);
        return new Pair(
                group.orElseThrow(() -> ResourceStore.notFound(ResourceKind.GROUP, request.path("group"))),
                user.orElseThrow(() -> ResourceStore.notFound(ResourceKind.USER, request.path("user"))));
    }

    private Resource find(Request request, Policy policy, ResourceKind kind, String variable) {
        String id = request.path(variable);
        return Guard.require(request, policy, kind, id, database.read(sql -> ResourceStore.find(sql, kind, id)));
    }

    private static RuntimeException notMember(Pair pair) {
        return IdentityError.NOT_FOUND.with(
                "user %s in group".formatted(pair.user().id()), pair.group().id());
    }
}
