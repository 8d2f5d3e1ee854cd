package io.kilonova.identity;

import static io.kilonova.identity.Columns.CREDENTIAL_EPOCH;
import static io.kilonova.identity.Columns.FAILURES;
import static io.kilonova.identity.Columns.ID;
import static io.kilonova.identity.Columns.USERS;

import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import tools.jackson.databind.JsonNode;

/** Users: their passwords are hashed before they are stored, and any loss of standing ends their tokens. */
final class UserRules implements ResourceRules {
    private final Passwords passwords;

    UserRules(Passwords passwords) {
        this.passwords = passwords;
    }

    @Override
    public Resource prepare(Request request, Resource user) {
        JsonNode content = ResourceBody.content(ResourceKind.USER, request.body());
        refuseWhatIsNotBuilt(user);
        Optional<String> password = RequestBody.optionalText(content, "password");
        return password.map(text -> user.with("password_hash", passwords.hash(text)))
                .orElse(user);
    }

    @Override
    public Resource creating(DSLContext sql, Resource user) {
        ResourceStore.get(sql, ResourceKind.DOMAIN, user.text("domain_id"));
        return user;
    }

    @Override
    public Resource changing(DSLContext sql, Resource old, Resource changed) {
        boolean newPassword = !old.text("password_hash").equals(changed.text("password_hash"));
        if (newPassword || (old.flag("enabled") && !changed.flag("enabled"))) {
            endTokens(sql, old.id());
        }
        if (newPassword) {
            sql.update(USERS).set(FAILURES, 0L).where(ID.eq(old.id())).execute();
        }
        return changed;
    }

    @Override
    public void deleting(DSLContext sql, Resource user) {
        Removals.ofUsers(sql, List.of(user.id()));
    }

    @Override
    public void write(JsonWriter json, Resource resource) {
        json.nothing("password_expires_at");
    }

    /** Ends every token that the user has. */
    static void endTokens(DSLContext sql, String userId) {
        sql.update(USERS)
                .set(CREDENTIAL_EPOCH, CREDENTIAL_EPOCH.plus(1L))
                .where(ID.eq(userId))
                .execute();
    }

    /** A second factor that is asked for and not checked would be a lie. */
    private static void refuseWhatIsNotBuilt(Resource user) {
        JsonNode options = user.extra().path("options");
        if (options.path("multi_factor_auth_enabled").asBoolean(false)
                || !options.path("multi_factor_auth_rules").isEmpty()) {
            throw IdentityError.NOT_BUILT.with("log-in with several factors");
        }
    }
}
