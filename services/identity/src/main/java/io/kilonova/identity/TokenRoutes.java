package io.kilonova.identity;

import static io.kilonova.identity.Columns.ENABLED;

import io.kilonova.access.Policy;
import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tokens: asking for one, reading one, ending one; and where the caller could go with theirs. */
final class TokenRoutes implements RouteTable {
    private static final String SUBJECT_TOKEN = "X-Subject-Token";
    private static final Duration EXPIRED_WINDOW = Duration.ofDays(2);

    private final Database database;
    private final Tokens tokens;
    private final Authentication authentication;
    private final Catalog catalog;
    private final TokenView view;

    TokenRoutes(Database database, Tokens tokens, Authentication authentication, Catalog catalog) {
        this.database = database;
        this.tokens = tokens;
        this.authentication = authentication;
        this.catalog = catalog;
        this.view = new TokenView(catalog);
    }

    @Override
    public void declare(Routes routes) {
        routes.post("/auth/tokens")
                .unauthenticated()
                .anyBody()
                .answers(Statuses.CREATED)
                .to(this::issue);
        // Whose token it is that is asked about is known when it was read.
        routes.get("/auth/tokens").policy(IdentityPolicies.HOLDER).to(this::show);
        routes.delete("/auth/tokens")
                .policy(IdentityPolicies.HOLDER)
                .answers(Statuses.NO_CONTENT)
                .to(this::revoke);
        routes.get("/auth/catalog").policy(IdentityPolicies.HOLDER).to(this::catalog);
        routes.get("/auth/projects").policy(IdentityPolicies.HOLDER).to(this::projects);
        routes.get("/auth/domains").policy(IdentityPolicies.HOLDER).to(this::domains);
        routes.get("/auth/system").policy(IdentityPolicies.HOLDER).to(this::system);
        routes.get("/OS-FEDERATION/projects").policy(IdentityPolicies.HOLDER).to(this::projects);
        routes.get("/OS-FEDERATION/domains").policy(IdentityPolicies.HOLDER).to(this::domains);
    }

    private Answer issue(Request request) {
        Tokens.Issued issued = authentication.authenticate(request.body());
        return answer(request, issued.text(), issued.context());
    }

    private Answer show(Request request) {
        String text = request.header(SUBJECT_TOKEN).orElseThrow(IdentityError.TOKEN_NOT_FOUND::with);
        boolean expiredToo = request.query()
                .last("allow_expired")
                .filter(flag -> !flag.equals("0"))
                .isPresent();
        Optional<TokenContext> found =
                expiredToo ? tokens.validateExpired(text, EXPIRED_WINDOW) : tokens.validate(text);
        return answer(request, text, require(request, IdentityPolicies.VALIDATE_TOKEN, found))
                .status(Statuses.OK);
    }

    private Answer revoke(Request request) {
        String text = request.header(SUBJECT_TOKEN).orElseThrow(IdentityError.TOKEN_NOT_FOUND::with);
        tokens.revoke(require(request, IdentityPolicies.REVOKE_TOKEN, tokens.validate(text)));
        return Answer.empty();
    }

    private static TokenContext require(Request request, Policy policy, Optional<TokenContext> found) {
        TokenContext token = found.orElseThrow(IdentityError.TOKEN_NOT_FOUND::with);
        Guard.require(
                request, policy, Map.of("target.token.user_id", token.user().id()));
        return token;
    }

    private Answer answer(Request request, String text, TokenContext token) {
        boolean withCatalog = !request.query().has("nocatalog");
        return Answer.json(json -> view.write(json, token, withCatalog))
                .header(SUBJECT_TOKEN, text)
                .header("Vary", "X-Auth-Token");
    }

    private Answer catalog(Request request) {
        TokenContext token = own(request);
        if (token.scope() instanceof Scope.Unscoped) {
            throw IdentityError.FORBIDDEN.with("identity:get_auth_catalog");
        }
        return Answer.json(json -> json.object(() -> {
            catalog.write(json, "catalog", token);
            Links.ofList(json, request, "/auth/catalog", Optional.empty());
        }));
    }

    private Answer projects(Request request) {
        TokenContext token = own(request);
        return places(
                request,
                ResourceKind.PROJECT,
                database.read(sql -> EffectiveRoles.projects(sql, token.user().id())));
    }

    private Answer domains(Request request) {
        TokenContext token = own(request);
        return places(
                request,
                ResourceKind.DOMAIN,
                database.read(sql -> EffectiveRoles.domains(sql, token.user().id())));
    }

    private Answer places(Request request, ResourceKind kind, Collection<String> ids) {
        ResourceRules rules = new ProjectRules(kind);
        List<Resource> found = byIds(database, kind, ids);
        return Links.list(
                request,
                kind.plural(),
                "/auth/" + kind.plural(),
                found,
                element -> ResourceView.write(element.json(), request, element.thing(), rules));
    }

    /** Enabled resources by their ids, some hundred a statement. */
    static List<Resource> byIds(Database database, ResourceKind kind, Collection<String> ids) {
        List<String> all = List.copyOf(ids);
        List<Resource> found = new ArrayList<>();
        int bite = 500;
        for (int from = 0; from < all.size(); from += bite) {
            List<String> part = all.subList(from, Math.min(all.size(), from + bite));
            found.addAll(database.read(sql ->
                    ResourceStore.page(sql, kind, ResourceKind.ID.in(part).and(ENABLED.isTrue()), "", bite)));
        }
        return found;
    }

    private Answer system(Request request) {
        TokenContext token = own(request);
        boolean any = !database.read(sql -> EffectiveRoles.of(sql, token.user().id(), ScopeReference.SYSTEM))
                .isEmpty();
        return Links.list(
                request,
                "system",
                "/auth/system",
                any ? List.of(true) : List.<Boolean>of(),
                element -> element.json().field("all", element.thing()));
    }

    private TokenContext own(Request request) {
        return request.header("X-Auth-Token").flatMap(tokens::validate).orElseThrow(IdentityError.UNAUTHORIZED::with);
    }
}
