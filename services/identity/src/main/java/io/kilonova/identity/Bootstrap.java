package io.kilonova.identity;

import static io.kilonova.identity.Columns.DOMAIN_ID;
import static io.kilonova.identity.Columns.NAME;
import static io.kilonova.identity.Columns.TYPE;

import io.kilonova.storage.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes what a cloud begins with: the default domain, an administrator, the roles and what they imply, and the catalogue.
 * May run at every start: what is there stays as it is, except that an endpoint's address follows the configuration.
 */
final class Bootstrap {
    /** The id of the domain that everything belongs to unless it says otherwise. */
    static final String DEFAULT_DOMAIN = "default";

    /** Each implies the next. */
    private static final List<String> ROLES = List.of("admin", "manager", "member", "reader");

    private static final String SERVICE_ROLE = "service";

    private final Database database;
    private final ChangeClock changes;
    private final Passwords passwords;

    Bootstrap(Database database, ChangeClock changes, Passwords passwords) {
        this.database = database;
        this.changes = changes;
        this.passwords = passwords;
    }

    void run(FirstCloud cloud) {
        boolean hasAdmin = database.read(sql ->
                ResourceStore.first(sql, ResourceKind.USER, named("admin")).isPresent());
        String hash = hasAdmin ? "" : passwords.hash(cloud.adminPassword().reveal());
        database.change(transaction -> {
            changes.changed(transaction);
            DSLContext sql = transaction.sql();
            domain(sql);
            String project = project(sql, "admin", "Bootstrap project for initializing the cloud.");
            project(sql, "service", "Services of the cloud.");
            Map<String, String> roles = roles(sql);
            // Another controller, begun at the same time over the same empty database, may have made them since.
            if (!hasAdmin
                    && ResourceStore.first(sql, ResourceKind.USER, named("admin"))
                            .isEmpty()) {
                String user = user(sql, hash);
                String admin = roles.getOrDefault("admin", "");
                Grants.give(sql, new Grants.Grant("user", user, "project", project, admin, false));
                Grants.give(sql, new Grants.Grant("user", user, "system", EffectiveRoles.SYSTEM, admin, false));
            }
            region(sql, cloud.region());
            cloud.services().forEach(service -> service(sql, service, cloud.region()));
        });
    }

    private static void domain(DSLContext sql) {
        if (ResourceStore.find(sql, ResourceKind.DOMAIN, DEFAULT_DOMAIN).isEmpty()) {
            Map<String, Object> values = new HashMap<>();
            values.put("name", "Default");
            values.put("description", "The default domain");
            values.put("enabled", true);
            values.put("is_domain", true);
            values.put("tags", Tags.NONE);
            ResourceStore.insert(sql, new Resource(ResourceKind.DOMAIN, DEFAULT_DOMAIN, values, nothing()));
        }
    }

    private static String project(DSLContext sql, String name, String description) {
        return made(
                sql,
                ResourceKind.PROJECT,
                named(name),
                Map.of(
                        "name", name,
                        "domain_id", DEFAULT_DOMAIN,
                        "parent_id", DEFAULT_DOMAIN,
                        "description", description,
                        "enabled", true,
                        "is_domain", false,
                        "tags", Tags.NONE),
                nothing());
    }

    private static String user(DSLContext sql, String hash) {
        return made(
                sql,
                ResourceKind.USER,
                named("admin"),
                Map.of("name", "admin", "domain_id", DEFAULT_DOMAIN, "enabled", true, "password_hash", hash),
                nothing());
    }

    private static Map<String, String> roles(DSLContext sql) {
        Map<String, String> roles = new HashMap<>();
        for (String name : ROLES) {
            roles.put(name, role(sql, name));
        }
        role(sql, SERVICE_ROLE);
        for (int i = 1; i < ROLES.size(); i++) {
            ImpliedRoleRoutes.imply(
                    sql, roles.getOrDefault(ROLES.get(i - 1), ""), roles.getOrDefault(ROLES.get(i), ""));
        }
        return roles;
    }

    private static String role(DSLContext sql, String name) {
        // Whoever could rename or remove these would change what every policy means.
        ObjectNode immutable = nothing();
        immutable.putObject("options").put("immutable", true);
        return made(sql, ResourceKind.ROLE, NAME.eq(name).and(DOMAIN_ID.eq("")), Map.of("name", name), immutable);
    }

    private static void region(DSLContext sql, String id) {
        if (ResourceStore.find(sql, ResourceKind.REGION, id).isEmpty()) {
            ResourceStore.insert(sql, new Resource(ResourceKind.REGION, id, Map.of(), nothing()));
        }
    }

    private static void service(DSLContext sql, FirstCloud.Service service, String region) {
        String id = made(
                sql,
                ResourceKind.SERVICE,
                TYPE.eq(service.type()),
                Map.of("type", service.type(), "name", service.name(), "enabled", true),
                nothing());
        endpoint(sql, id, region, "public", service.publicUrl());
        endpoint(sql, id, region, "internal", service.internalUrl());
        endpoint(sql, id, region, "admin", service.adminUrl());
    }

    private static void endpoint(DSLContext sql, String service, String region, String face, String url) {
        Catalog.requireKnownPlaces(url);
        Condition same = Columns.SERVICE_ID
                .eq(service)
                .and(Columns.REGION_ID.eq(region))
                .and(DSL.field(DSL.name("interface"), String.class).eq(face));
        Optional<Resource> found = ResourceStore.first(sql, ResourceKind.ENDPOINT, same);
        if (found.isPresent()) {
            if (!found.get().text("url").equals(url)) {
                ResourceStore.update(sql, found.get().with("url", url));
            }
            return;
        }
        made(
                sql,
                ResourceKind.ENDPOINT,
                same,
                Map.of("service_id", service, "region_id", region, "interface", face, "url", url, "enabled", true),
                nothing());
    }

    private static String made(
            DSLContext sql, ResourceKind kind, Condition same, Map<String, Object> values, ObjectNode extra) {
        return ResourceStore.first(sql, kind, same).map(Resource::id).orElseGet(() -> {
            Resource resource = new Resource(kind, Ids.random(), values, extra);
            ResourceStore.insert(sql, resource);
            return resource.id();
        });
    }

    private static Condition named(String name) {
        return NAME.eq(name).and(DOMAIN_ID.eq(DEFAULT_DOMAIN));
    }

    private static ObjectNode nothing() {
        return JsonNodeFactory.instance.objectNode();
    }
}
