package io.kilonova.api;

import io.kilonova.access.Policy;
import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.PageLinks;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Request;
import io.kilonova.http.Statuses;
import io.kilonova.servers.GeneratedKey;
import io.kilonova.servers.Keypair;
import io.kilonova.servers.Keypairs;
import io.kilonova.servers.QuotaResource;
import io.kilonova.servers.Quotas;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Lists, shows, keeps, makes and deletes key pairs: one's own, and for administrators from 2.10 those of others. */
final class KeypairHandlers {
    private final Keypairs keypairs;
    private final Quotas quotas;
    private final InstantSource clock;
    private final int maximumLimit;

    KeypairHandlers(Keypairs keypairs, Quotas quotas, InstantSource clock, int maximumLimit) {
        this.keypairs = keypairs;
        this.quotas = quotas;
        this.clock = clock;
        this.maximumLimit = maximumLimit;
    }

    Answer list(Request request) {
        String user = user(request, KeypairPolicies.INDEX, request.query().last("user_id"));
        PageRequest asked =
                request.version().atLeast(2, 35) ? PageRequest.of(request.query(), maximumLimit) : PageRequest.whole();
        List<Keypair> page = asked.limit() == 0 ? List.of() : keypairs.list(user, asked.marker(), asked.limit());
        return Answer.json(json -> json.object(() -> {
            json.array(
                    "keypairs",
                    () -> page.forEach(keypair ->
                            json.object(() -> json.object("keypair", () -> write(json, request, keypair)))));
            List<String> names = page.stream().map(Keypair::name).toList();
            PageLinks.next(json, request, asked, "keypairs_links", "os-keypairs", names);
        }));
    }

    Answer show(Request request) {
        String user = user(request, KeypairPolicies.SHOW, request.query().last("user_id"));
        Keypair keypair = keypairs.get(user, request.path("name"));
        return Answer.json(json -> json.object(() -> json.object("keypair", () -> {
            write(json, request, keypair);
            json.field("user_id", keypair.userId())
                    .field("deleted", false)
                    .timeInMicroseconds("created_at", keypair.createdAt())
                    .nothing("updated_at")
                    .nothing("deleted_at")
                    .field("id", keypair.number());
        })));
    }

    Answer create(Request request) {
        JsonNode body = request.body().path("keypair");
        String user = user(request, KeypairPolicies.CREATE, ServerBodyReader.text(body, "user_id"));
        String type = ServerBodyReader.text(body, "type").orElse("ssh");
        Optional<String> given = ServerBodyReader.text(body, "public_key");
        if (given.isEmpty() && type.equals("x509")) {
            throw HttpError.NOT_BUILT.with("making X.509 key pairs; send the certificate of your own as public_key");
        }
        Optional<GeneratedKey> generated = given.isPresent() ? Optional.empty() : Optional.of(GeneratedKey.ofRsa());
        Keypair keypair = keypairs.add(
                user,
                body.path("name").asString().strip(),
                type,
                given.or(() -> generated.map(GeneratedKey::publicKey)).orElseThrow(),
                maximum(request),
                clock.instant());
        Answer answer = Answer.json(json -> json.object(() -> json.object("keypair", () -> {
            write(json, request, keypair);
            json.field("user_id", keypair.userId());
            generated.ifPresent(key -> json.field("private_key", key.privateKey()));
        })));
        return answer.status(request.version().atLeast(2, 2) ? Statuses.CREATED : Statuses.OK);
    }

    /** What a project lets each of its users have; a caller without a project has the defaults. */
    private long maximum(Request request) {
        Map<QuotaResource, Long> limits =
                request.caller().projectId().map(quotas::limits).orElseGet(quotas::defaults);
        return limits.getOrDefault(QuotaResource.KEY_PAIRS, -1L);
    }

    Answer delete(Request request) {
        String user = user(request, KeypairPolicies.DELETE, request.query().last("user_id"));
        keypairs.delete(user, request.path("name"));
        return Answer.empty().status(request.version().atLeast(2, 2) ? Statuses.NO_CONTENT : Statuses.ACCEPTED);
    }

    /** Whose key pairs are meant: the caller's own, or from 2.10 those of whom the policy lets them name. */
    private static String user(Request request, Policy policy, Optional<String> named) {
        String user = named.filter(id -> request.version().atLeast(2, 10))
                .orElse(request.caller().userId());
        request.enforce(policy, Map.of("user_id", user));
        return user;
    }

    private static void write(JsonWriter json, Request request, Keypair keypair) {
        json.field("name", keypair.name());
        if (request.version().atLeast(2, 2)) {
            json.field("type", keypair.type());
        }
        json.field("public_key", keypair.publicKey()).field("fingerprint", keypair.fingerprint());
    }
}
