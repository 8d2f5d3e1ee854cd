package io.kilonova.identity;

import io.kilonova.access.Authenticator;
import io.kilonova.access.Caller;
import io.kilonova.configuration.Secret;
import io.kilonova.http.FaultFormat;
import io.kilonova.http.RouteTable;
import io.kilonova.http.SchemaLibrary;
import io.kilonova.http.ServiceApi;
import io.kilonova.storage.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The built-in identity service. Tells every other room whose token a request carries, and serves Keystone's v3 API.
 *
 * <p>A database that it works on has been opened with {@link #MIGRATIONS} among its folders.
 */
public final class Identity implements Authenticator, AutoCloseable {
    /** The class path folder of this room's tables. */
    public static final String MIGRATIONS = "db/identity";

    private static final Duration EXPIRED_KEPT = Duration.ofDays(2);

    private final Database database;
    private final IdentityOptions options;
    private final InstantSource clock;
    private final ChangeClock changes;
    private final KeyRepository tokenKeys;
    private final KeyRepository credentialKeys;
    private final Passwords passwords;
    private final Tokens tokens;
    private final Catalog catalog;
    private final CredentialRules credentialRules;
    private final Ec2Keys ec2Keys;

    /**
     * An EC2 access key with what it stands for, for front ends that check signatures themselves.
     *
     * @param secret what requests are signed with
     * @param caller who signs
     */
    public record AccessKey(Secret secret, Caller caller) {}

    /**
     * Opens the service, and makes its keys when there are none.
     *
     * @throws io.kilonova.errors.ServiceException {@link IdentityError#KEYS_UNREADABLE}
     */
    public Identity(Database database, IdentityOptions options, InstantSource clock) {
        this.database = database;
        this.options = options;
        this.clock = clock;
        this.changes = new ChangeClock(database, options.changeInterval());
        this.tokenKeys = KeyRepository.open(options.stateFolder().resolve("fernet-keys"), options.maximumActiveKeys());
        this.credentialKeys = KeyRepository.open(options.stateFolder().resolve("credential-keys"), 3);
        this.passwords = new Passwords(options.bcryptCost(), options.hashingThreads());
        this.tokens = new Tokens(database, changes, tokenKeys, options, clock);
        this.catalog = new Catalog(database, changes);
        this.credentialRules = new CredentialRules(tokens, credentialKeys, clock);
        this.ec2Keys = new Ec2Keys(database, tokens, credentialRules);
    }

    @Override
    public Optional<Caller> authenticate(String token) {
        return tokens.validate(token).map(TokenContext::caller);
    }

    /** An EC2 access key, when it exists and its owner still has a role in its project. */
    public Optional<AccessKey> accessKey(String access) {
        return ec2Keys.find(access)
                .flatMap(key -> ec2Keys.token(key)
                        .map(issued ->
                                new AccessKey(key.secret(), issued.context().caller())));
    }

    /** Whether there is a project of that id, enabled or not. */
    public boolean hasProject(String id) {
        return database.read(
                sql -> sql.fetchExists(Columns.PROJECTS, Columns.ID.eq(id).and(Columns.IS_DOMAIN.isFalse())));
    }

    /** Makes what a first start needs; changes nothing that is there. See {@link FirstCloud}. */
    public void bootstrap(FirstCloud cloud) {
        new Bootstrap(database, changes, passwords).run(cloud);
    }

    /** The API, below {@code /identity}. */
    public ServiceApi api() {
        return new ServiceApi(
                "identity",
                "/identity",
                FaultFormat.IDENTITY,
                Optional.empty(),
                List.of("x-openstack-request-id"),
                ServiceApi.DEFAULT_MAXIMUM_BODY_BYTES,
                false,
                new SchemaLibrary("schemas/identity"),
                Map.of(
                        "",
                        new ServiceApi.Root(List.of(VersionRoutes::root), false),
                        "/v3",
                        new ServiceApi.Root(tables(), false)));
    }

    /** Replaces the primary key of tokens. Those that were sealed with it hold on. */
    public void rotateKeys() {
        tokenKeys.rotate();
        tokens.forgetCached();
    }

    /** What is due: an old primary key is replaced, revocations of tokens that ended by themselves are forgotten. */
    public void housekeep() {
        if (tokenKeys.primaryIsOlderThan(options.keyRotation(), clock.instant())) {
            rotateKeys();
        }
        tokens.forgetOldRevocations(EXPIRED_KEPT);
    }

    /** Stops checking passwords. The database stays open; it is its owner's. */
    @Override
    public void close() {
        passwords.close();
    }

    private List<RouteTable> tables() {
        ApplicationCredentials applicationCredentials = new ApplicationCredentials(database, passwords, clock);
        PasswordCheck check = new PasswordCheck(database, passwords, options, clock);
        Authentication authentication = new Authentication(database, tokens, check, applicationCredentials);
        ResourceRules users = new UserRules(passwords);
        return List.of(
                VersionRoutes::third,
                new TokenRoutes(database, tokens, authentication, catalog),
                resources(ResourceKind.DOMAIN, IdentityPolicies.DOMAINS, new ProjectRules(ResourceKind.DOMAIN)),
                resources(ResourceKind.PROJECT, IdentityPolicies.PROJECTS, new ProjectRules(ResourceKind.PROJECT)),
                resources(ResourceKind.USER, IdentityPolicies.USERS, users),
                resources(ResourceKind.GROUP, IdentityPolicies.GROUPS, new GroupRules()),
                resources(ResourceKind.ROLE, IdentityPolicies.ROLES, new RoleRules()),
                resources(ResourceKind.REGION, IdentityPolicies.REGIONS, new CatalogRules(ResourceKind.REGION)),
                resources(ResourceKind.SERVICE, IdentityPolicies.SERVICES, new CatalogRules(ResourceKind.SERVICE)),
                resources(ResourceKind.ENDPOINT, IdentityPolicies.ENDPOINTS, new CatalogRules(ResourceKind.ENDPOINT)),
                resources(ResourceKind.CREDENTIAL, IdentityPolicies.CREDENTIALS, credentialRules),
                new RegionRoutes(database, changes),
                new UnbuiltRoutes(),
                new ProjectTagRoutes(database, changes),
                new UserRoutes(database, changes, check, passwords),
                new MembershipRoutes(database, changes, users),
                new GrantRoutes(database, changes),
                new RoleAssignmentRoutes(database, tokens),
                new ImpliedRoleRoutes(database, changes, tokens),
                new ApplicationCredentialRoutes(database, changes, tokens, passwords, clock),
                new Ec2Routes(database, changes, tokens, ec2Keys, catalog, clock));
    }

    private RouteTable resources(ResourceKind kind, IdentityPolicies.Verbs policies, ResourceRules rules) {
        return new ResourceApi(database, changes, kind, policies, rules);
    }
}
