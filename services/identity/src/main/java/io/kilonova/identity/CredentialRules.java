package io.kilonova.identity;

import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import org.jooq.DSLContext;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Credentials that users keep here: EC2 keys, second factors, certificates. Their content is encrypted at rest.
 *
 * <p>What limits an EC2 key (the application credential that made it) is in its content and cannot be changed there.
 */
final class CredentialRules implements ResourceRules {
    static final String EC2 = "ec2";
    static final String APPLICATION_CREDENTIAL = "app_cred_id";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Tokens tokens;
    private final KeyRepository keys;
    private final InstantSource clock;

    CredentialRules(Tokens tokens, KeyRepository keys, InstantSource clock) {
        this.tokens = tokens;
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public Resource prepare(Request request, Resource credential) {
        TokenContext token =
                CredentialLimits.requireUnrestricted(request, tokens, IdentityPolicies.CREDENTIALS.create());
        boolean isNew = request.method().equals("POST");
        JsonNode content = ResourceBody.content(ResourceKind.CREDENTIAL, request.body());
        Resource owned = credential.text("user_id").isEmpty()
                ? credential.with("user_id", token.user().id())
                : credential;
        JsonNode blob = content.path("blob");
        if (blob.isMissingNode() && !isNew) {
            return owned;
        }
        String text = blob.isString() ? blob.stringValue() : blob.toString();
        if (blob.isMissingNode() || text.isBlank()) {
            throw IdentityError.FIELD_INVALID.with("credential", "'blob' is a required property");
        }
        if (!owned.text("type").equals(EC2)) {
            return owned.with("sealed", seal(text));
        }
        ObjectNode key = ec2(text);
        Optional<String> limit = isNew
                ? token.payload().applicationCredentialId()
                : Optional.of(ec2(open(owned)).path(APPLICATION_CREDENTIAL).asString(""));
        key.remove(APPLICATION_CREDENTIAL);
        limit.filter(id -> !id.isEmpty()).ifPresent(id -> key.put(APPLICATION_CREDENTIAL, id));
        if (owned.optional("project_id").isEmpty()) {
            throw IdentityError.FIELD_INVALID.with("project_id", "an ec2 credential needs one.");
        }
        String hash = Ids.hexDigest(key.path("access").stringValue());
        Resource named = (isNew ? owned.withId(hash) : owned).with("access_hash", hash);
        return named.with("sealed", seal(JSON.writeValueAsString(key)));
    }

    @Override
    public void permitRemoval(Request request) {
        CredentialLimits.requireUnrestricted(request, tokens, IdentityPolicies.CREDENTIALS.delete());
    }

    @Override
    public Resource changing(DSLContext sql, Resource old, Resource changed) {
        for (String fixed : new String[] {"user_id", "type", "project_id"}) {
            boolean same = old.text(fixed).equals(changed.text(fixed));
            if (!same && (old.text("type").equals(EC2) || !fixed.equals("project_id"))) {
                throw IdentityError.REQUEST_INVALID.with("Cannot change %s of a credential.".formatted(fixed));
            }
        }
        return changed;
    }

    @Override
    public void write(JsonWriter json, Resource credential) {
        json.field("blob", open(credential));
    }

    /** Encrypts a content. */
    String seal(String blob) {
        return keys.seal(clock.instant(), blob.getBytes(StandardCharsets.UTF_8));
    }

    /** Decrypts a credential's content. */
    String open(Resource credential) {
        return Fernet.open(keys.opening(), credential.text("sealed"))
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElseThrow(() -> IdentityError.UNEXPECTED.with("decrypting credential " + credential.id()));
    }

    private static ObjectNode ec2(String blob) {
        try {
            if (JSON.readTree(blob) instanceof ObjectNode key
                    && key.path("access").isString()
                    && key.path("secret").isString()) {
                return key;
            }
        } catch (JacksonException exception) {
            // Without the parser's words: they may quote the secret.
            throw IdentityError.FIELD_INVALID.with("blob", "it is not JSON.");
        }
        throw IdentityError.FIELD_INVALID.with("blob", "an ec2 credential is an object with access and secret.");
    }
}
