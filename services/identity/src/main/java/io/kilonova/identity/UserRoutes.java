package io.kilonova.identity;

import io.kilonova.configuration.Secret;
import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What users do beyond being made and changed: a new password of their own, and the projects they have a role in. */
final class UserRoutes implements RouteTable {
    private final Database database;
    private final ChangeClock changes;
    private final PasswordCheck check;
    private final Passwords passwords;

    UserRoutes(Database database, ChangeClock changes, PasswordCheck check, Passwords passwords) {
        this.database = database;
        this.changes = changes;
        this.check = check;
        this.passwords = passwords;
    }

    @Override
    public void declare(Routes routes) {
        // The old password is the proof; a token is not asked for, as in Keystone.
        routes.post("/users/{id}/password")
                .unauthenticated()
                .anyBody()
                .answers(Statuses.NO_CONTENT)
                .to(this::changePassword);
        routes.get("/users/{id}/projects").policy(IdentityPolicies.HOLDER).to(this::projects);
    }

    private Answer changePassword(Request request) {
        JsonNode user = RequestBody.object(request.body(), "user", "request body");
        Secret old = Secret.of(RequestBody.text(user, "original_password", "user"));
        String next = RequestBody.text(user, "password", "user");
        Subject self = new Subject(
                Optional.of(request.path("id")),
                Optional.empty(),
                new Subject.Domain(Optional.empty(), Optional.empty()));
        Lookup.Account account = check.check(self, old);
        String hash = passwords.hash(next);
        database.change(transaction -> {
            changes.changed(transaction);
            int changed = transaction
                    .sql()
                    .update(Columns.USERS)
                    .set(Columns.PASSWORD_HASH, hash)
                    .where(Columns.ID.eq(account.id()))
                    .and(Columns.PASSWORD_HASH.eq(account.passwordHash()))
                    .execute();
            if (changed == 0) {
                throw IdentityError.UNAUTHORIZED.with();
            }
            UserRules.endTokens(transaction.sql(), account.id());
        });
        return Answer.empty();
    }

    private Answer projects(Request request) {
        String id = request.path("id");
        Resource user = Guard.require(
                request,
                IdentityPolicies.LIST_USER_PROJECTS,
                ResourceKind.USER,
                id,
                database.read(sql -> ResourceStore.find(sql, ResourceKind.USER, id)));
        List<Resource> found = TokenRoutes.byIds(
                database, ResourceKind.PROJECT, database.read(sql -> EffectiveRoles.projects(sql, user.id())));
        ResourceRules rules = new ProjectRules(ResourceKind.PROJECT);
        return Links.list(
                request,
                "projects",
                "/users/" + Links.encoded(id) + "/projects",
                found,
                element -> ResourceView.write(element.json(), request, element.thing(), rules));
    }
}
