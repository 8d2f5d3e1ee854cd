package io.kilonova.identity;

import static io.kilonova.identity.Attribute.flag;
import static io.kilonova.identity.Attribute.text;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * The resources of the Identity API, each as a table of its attributes. What a body names beyond them is kept as it is and
 * given back, except {@code consumed} names, which its rules read.
 */
@SuppressWarnings("ImmutableEnumChecker") // jOOQ's tables and List.of are immutable, and do not say so
enum ResourceKind {
    PROJECT(
            "project",
            "projects",
            "identity_projects",
            List.of(
                    text("name").must().upTo(64).filters(),
                    text("domain_id").mayBeNull().cannotChange().filters().upTo(64),
                    text("parent_id").mayBeNull().cannotChange().filters().upTo(64),
                    text("description"),
                    flag("enabled", true),
                    flag("is_domain", false).cannotChange(),
                    text("tags").hides()),
            Set.of("tags"),
            true),
    DOMAIN(
            "domain",
            "domains",
            "identity_projects",
            List.of(
                    text("name").must().upTo(64).filters(),
                    text("domain_id").hides(),
                    text("description"),
                    flag("enabled", true),
                    flag("is_domain", true).hides(),
                    text("tags").hides()),
            Set.of("tags", "explicit_domain_id"),
            true),
    USER(
            "user",
            "users",
            "identity_users",
            List.of(
                    text("name").must().upTo(255).filters(),
                    text("domain_id").cannotChange().filters().upTo(64),
                    flag("enabled", true),
                    text("default_project_id").mayBeNull().filters().upTo(64),
                    text("password_hash").mayBeNull().hides()),
            Set.of("password", "original_password", "password_expires_at"),
            true),
    GROUP(
            "group",
            "groups",
            "identity_groups",
            List.of(
                    text("name").must().upTo(64).filters(),
                    text("domain_id").cannotChange().filters().upTo(64),
                    text("description").mayBeNull()),
            Set.of(),
            false),
    ROLE(
            "role",
            "roles",
            "identity_roles",
            List.of(
                    text("name").must().upTo(255).filters(),
                    text("domain_id").mayBeNull().cannotChange().filters().upTo(64),
                    text("description").mayBeNull()),
            Set.of(),
            true),
    REGION(
            "region",
            "regions",
            "identity_regions",
            List.of(text("parent_region_id").mayBeNull().filters().upTo(255), text("description")),
            Set.of("url"),
            false),
    SERVICE(
            "service",
            "services",
            "identity_services",
            List.of(
                    text("type").must().upTo(255).filters(),
                    text("name").mayBeNull().upTo(255).filters(),
                    text("description").mayBeNull(),
                    flag("enabled", true)),
            Set.of(),
            false),
    ENDPOINT(
            "endpoint",
            "endpoints",
            "identity_endpoints",
            List.of(
                    text("service_id").must().upTo(64).filters(),
                    text("region_id").mayBeNull().upTo(255).filters(),
                    text("interface").must().upTo(8).filters(),
                    text("url").must().upTo(2048),
                    flag("enabled", true)),
            Set.of("region"),
            false),
    CREDENTIAL(
            "credential",
            "credentials",
            "identity_credentials",
            List.of(
                    text("user_id").upTo(64).filters(),
                    text("project_id").mayBeNull().upTo(64),
                    text("type").must().upTo(255).filters(),
                    text("access_hash").hides(),
                    text("sealed").hides()),
            Set.of("blob"),
            false);

    /** The column of every kind's id. */
    static final Field<String> ID = DSL.field(DSL.name("id"), String.class);

    /** The column of what bodies name beyond the attributes, as JSON. */
    static final Field<String> EXTRA = DSL.field(DSL.name("extra"), String.class);

    private final String singular;
    private final String plural;
    private final Table<Record> table;
    private final List<Attribute> attributes;
    private final Set<String> consumed;
    private final boolean hasOptions;

    ResourceKind(
            String singular,
            String plural,
            String table,
            List<Attribute> attributes,
            Set<String> consumed,
            boolean hasOptions) {
        this.singular = singular;
        this.plural = plural;
        this.table = DSL.table(DSL.name(table));
        this.attributes = attributes;
        this.consumed = consumed;
        this.hasOptions = hasOptions;
    }

    String singular() {
        return singular;
    }

    String plural() {
        return plural;
    }

    Table<Record> table() {
        return table;
    }

    List<Attribute> attributes() {
        return attributes;
    }

    Optional<Attribute> attribute(String name) {
        return attributes.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    boolean consumes(String name) {
        return consumed.contains(name);
    }

    /** Whether its view always has {@code options}. */
    boolean hasOptions() {
        return hasOptions;
    }

    /** Which rows of the table are of this kind. */
    Condition rows() {
        return this == DOMAIN ? DSL.field(DSL.name("is_domain"), Boolean.class).isTrue() : DSL.noCondition();
    }
}
