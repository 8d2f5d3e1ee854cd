package io.kilonova.identity;

import io.kilonova.configuration.Secret;
import io.kilonova.http.Answer;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.Routes;
import io.kilonova.http.Statuses;
import io.kilonova.storage.Database;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** EC2 keys of users, and tokens for requests that were signed with one. */
final class Ec2Routes implements RouteTable {
    private static final String ALL = "/users/{user}/credentials/OS-EC2";
    private static final String ONE = ALL + "/{access}";
    private static final int SECRET_BYTES = 32;

    private final Database database;
    private final ChangeClock changes;
    private final Tokens tokens;
    private final Ec2Keys keys;
    private final TokenView view;
    private final InstantSource clock;

    Ec2Routes(
            Database database, ChangeClock changes, Tokens tokens, Ec2Keys keys, Catalog catalog, InstantSource clock) {
        this.database = database;
        this.changes = changes;
        this.tokens = tokens;
        this.keys = keys;
        this.view = new TokenView(catalog);
        this.clock = clock;
    }

    @Override
    public void declare(Routes routes) {
        routes.post("/ec2tokens")
                .policy(IdentityPolicies.EC2_AUTHENTICATE)
                .anyBody()
                .answers(Statuses.OK)
                .to(this::authenticate);
        routes.get(ALL)
                .policy(IdentityPolicies.EC2_LIST)
                .target("target.user.id", "user")
                .to(this::list);
        routes.post(ALL)
                .policy(IdentityPolicies.EC2_CREATE)
                .target("target.user.id", "user")
                .anyBody()
                .answers(Statuses.CREATED)
                .to(this::create);
        routes.get(ONE)
                .policy(IdentityPolicies.EC2_GET)
                .target("target.user.id", "user")
                .to(request -> answer(request, find(request)));
        routes.delete(ONE)
                .policy(IdentityPolicies.EC2_DELETE)
                .target("target.user.id", "user")
                .answers(Statuses.NO_CONTENT)
                .to(this::delete);
    }

    private Answer authenticate(Request request) {
        JsonNode body = request.body();
        JsonNode content = body.has("ec2Credentials")
                ? RequestBody.object(body, "ec2Credentials", "request body")
                : RequestBody.object(body, "credentials", "request body");
        Ec2Signature signature = new Ec2Signature(
                RequestBody.text(content, "access", "credentials"),
                RequestBody.text(content, "signature", "credentials"),
                RequestBody.optionalText(content, "host").orElse(""),
                RequestBody.optionalText(content, "verb").orElse(""),
                RequestBody.optionalText(content, "path").orElse(""),
                texts(content.path("params"), false),
                texts(content.path("headers"), true),
                RequestBody.optionalText(content, "body_hash").orElse(""));
        Tokens.Issued issued = keys.find(signature.access())
                .filter(key -> signature.isSignedWith(key.secret().reveal(), clock.instant()))
                .flatMap(keys::token)
                .orElseThrow(IdentityError.UNAUTHORIZED::with);
        return Answer.json(json -> view.write(json, issued.context(), true))
                .header("X-Subject-Token", issued.text())
                .header("Vary", "X-Auth-Token");
    }

    private static Map<String, String> texts(JsonNode object, boolean lowerCase) {
        Map<String, String> texts = new HashMap<>();
        object.properties()
                .forEach(property -> texts.put(
                        lowerCase ? property.getKey().toLowerCase(Locale.ROOT) : property.getKey(),
                        property.getValue().asString("")));
        return texts;
    }

    private Answer list(Request request) {
        List<Ec2Keys.Key> found = keys.list(request.path("user"));
        return Links.list(
                request,
                "credentials",
                "/users/" + request.path("user") + "/credentials/OS-EC2",
                found,
                element -> write(element.json(), request, element.thing()));
    }

    private Answer create(Request request) {
        TokenContext token = CredentialLimits.requireUnrestricted(request, tokens, IdentityPolicies.EC2_CREATE);
        String projectId = RequestBody.text(request.body(), "tenant_id", "request body");
        Ec2Keys.Key key = new Ec2Keys.Key(
                Ids.random(),
                Secret.of(Ids.secret(SECRET_BYTES)),
                request.path("user"),
                projectId,
                token.payload().applicationCredentialId());
        database.change(transaction -> {
            changes.changed(transaction);
            ResourceStore.get(transaction.sql(), ResourceKind.USER, key.userId());
            ResourceStore.get(transaction.sql(), ResourceKind.PROJECT, key.projectId());
            ResourceStore.insert(transaction.sql(), keys.credential(key));
        });
        return answer(request, key);
    }

    private Answer delete(Request request) {
        CredentialLimits.requireUnrestricted(request, tokens, IdentityPolicies.EC2_DELETE);
        Ec2Keys.Key key = find(request);
        database.change(transaction -> {
            changes.changed(transaction);
            ResourceStore.delete(transaction.sql(), keys.credential(key));
        });
        return Answer.empty();
    }

    private Ec2Keys.Key find(Request request) {
        String access = request.path("access");
        return keys.find(access)
                .filter(key -> key.userId().equals(request.path("user")))
                .orElseThrow(() -> IdentityError.NOT_FOUND.with("credential", "that access key"));
    }

    private static Answer answer(Request request, Ec2Keys.Key key) {
        return Answer.json(json -> json.object(() -> json.object("credential", () -> write(json, request, key))));
    }

    private static void write(JsonWriter json, Request request, Ec2Keys.Key key) {
        json.field("access", key.access())
                .field("secret", key.secret().reveal())
                .field("user_id", key.userId())
                .field("tenant_id", key.projectId())
                .nothing("trust_id");
        json.object(
                "links",
                () -> json.field(
                        "self",
                        request.versionUrl() + "/users/" + key.userId() + "/credentials/OS-EC2/"
                                + Links.encoded(key.access())));
    }
}
