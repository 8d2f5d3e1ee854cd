package io.kilonova.identity;

import io.kilonova.configuration.Secret;
import io.kilonova.storage.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** EC2 keys: credentials of the type {@code ec2}, found by the SHA-256 of their access key. */
final class Ec2Keys {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Database database;
    private final Tokens tokens;
    private final CredentialRules credentials;

    /**
     * A key.
     *
     * @param id the credential's
     * @param access what a request names
     * @param secret what it is signed with
     * @param userId whose it is
     * @param projectId where it holds
     * @param applicationCredentialId what limits it
     */
    record Key(
            String id,
            String access,
            Secret secret,
            String userId,
            String projectId,
            Optional<String> applicationCredentialId) {
        /** A new key. */
        Key(String access, Secret secret, String userId, String projectId, Optional<String> applicationCredentialId) {
            this(Ids.hexDigest(access), access, secret, userId, projectId, applicationCredentialId);
        }
    }

    Ec2Keys(Database database, Tokens tokens, CredentialRules credentials) {
        this.database = database;
        this.tokens = tokens;
        this.credentials = credentials;
    }

    /** A key by what a request names. */
    Optional<Key> find(String access) {
        String hash = Ids.hexDigest(access);
        // A release that does not know the hash leaves it empty, and makes keys whose id is the hash.
        Condition named = Columns.ACCESS_HASH
                .eq(hash)
                .or(Columns.ACCESS_HASH.eq("").and(Columns.ID.eq(hash)).and(Columns.TYPE.eq(CredentialRules.EC2)));
        return database.read(sql -> ResourceStore.first(sql, ResourceKind.CREDENTIAL, named))
                .map(this::read);
    }

    /** A user's keys. */
    List<Key> list(String userId) {
        return database
                .read(sql -> ResourceStore.page(
                        sql,
                        ResourceKind.CREDENTIAL,
                        Columns.USER_ID.eq(userId).and(Columns.TYPE.eq(CredentialRules.EC2)),
                        "",
                        1_000))
                .stream()
                .map(this::read)
                .toList();
    }

    /** The credential that keeps a key. */
    Resource credential(Key key) {
        ObjectNode blob = JsonNodeFactory.instance.objectNode();
        blob.put("access", key.access());
        blob.put("secret", key.secret().reveal());
        key.applicationCredentialId().ifPresent(id -> blob.put(CredentialRules.APPLICATION_CREDENTIAL, id));
        Map<String, Object> values = new HashMap<>();
        values.put("user_id", key.userId());
        values.put("project_id", key.projectId());
        values.put("type", CredentialRules.EC2);
        values.put("access_hash", Ids.hexDigest(key.access()));
        values.put("sealed", credentials.seal(JSON.writeValueAsString(blob)));
        return new Resource(ResourceKind.CREDENTIAL, key.id(), values, JsonNodeFactory.instance.objectNode());
    }

    /** A token for whoever signed with a key. */
    Optional<Tokens.Issued> token(Key key) {
        Subject self = new Subject(
                Optional.of(key.userId()), Optional.empty(), new Subject.Domain(Optional.empty(), Optional.empty()));
        Optional<Lookup.Account> account = database.read((DSLContext sql) -> Lookup.user(sql, self));
        ScopeReference project = ScopeReference.project(key.projectId());
        return account.flatMap(user -> tokens.issue(
                new Proven(
                        user.id(),
                        user.credentialEpoch(),
                        Set.of(AuthenticationMethod.EC2_CREDENTIAL),
                        Optional.empty(),
                        key.applicationCredentialId(),
                        Optional.empty(),
                        Optional.of(project)),
                project));
    }

    private Key read(Resource credential) {
        JsonNode blob = JSON.readTree(credentials.open(credential));
        return new Key(
                credential.id(),
                blob.path("access").asString(""),
                Secret.of(blob.path("secret").asString("")),
                credential.text("user_id"),
                credential.text("project_id"),
                Optional.of(blob.path(CredentialRules.APPLICATION_CREDENTIAL).asString(""))
                        .filter(id -> !id.isEmpty()));
    }
}
