package io.kilonova.identity;

import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** The tables and columns that are more than a resource's attributes. */
final class Columns {
    static final Field<String> ID = ResourceKind.ID;
    static final Field<String> NAME = text("name");
    static final Field<String> DOMAIN_ID = text("domain_id");
    static final Field<String> PARENT_ID = text("parent_id");
    static final Field<String> DESCRIPTION = text("description");
    static final Field<Boolean> ENABLED = DSL.field(DSL.name("enabled"), Boolean.class);
    static final Field<Boolean> IS_DOMAIN = DSL.field(DSL.name("is_domain"), Boolean.class);

    static final Table<Record> PROJECTS = table("identity_projects");
    static final Field<String> TAGS = text("tags");

    static final Table<Record> USERS = table("identity_users");
    static final Field<String> DEFAULT_PROJECT_ID = text("default_project_id");
    static final Field<String> PASSWORD_HASH = text("password_hash");
    static final Field<Long> CREDENTIAL_EPOCH = number("credential_epoch");
    static final Field<Long> FAILURES = number("failures");
    static final Field<Long> FAILED_AT_MILLIS = number("failed_at_millis");

    static final Table<Record> GROUPS = table("identity_groups");
    static final Table<Record> MEMBERS = table("identity_members");
    static final Field<String> GROUP_ID = text("group_id");
    static final Field<String> USER_ID = text("user_id");

    static final Table<Record> ROLES = table("identity_roles");
    static final Table<Record> IMPLIED_ROLES = table("identity_implied_roles");
    static final Field<String> PRIOR_ROLE_ID = text("prior_role_id");
    static final Field<String> IMPLIED_ROLE_ID = text("implied_role_id");

    static final Table<Record> ASSIGNMENTS = table("identity_assignments");
    static final Field<String> ACTOR_KIND = text("actor_kind");
    static final Field<String> ACTOR_ID = text("actor_id");
    static final Field<String> TARGET_KIND = text("target_kind");
    static final Field<String> TARGET_ID = text("target_id");
    static final Field<String> ROLE_ID = text("role_id");
    static final Field<Boolean> INHERITED = DSL.field(DSL.name("inherited"), Boolean.class);

    static final Table<Record> REGIONS = table("identity_regions");
    static final Table<Record> SERVICES = table("identity_services");
    static final Table<Record> ENDPOINTS = table("identity_endpoints");
    static final Field<String> SERVICE_ID = text("service_id");
    static final Field<String> REGION_ID = text("region_id");
    static final Field<String> PARENT_REGION_ID = text("parent_region_id");

    static final Table<Record> CREDENTIALS = table("identity_credentials");
    static final Field<String> PROJECT_ID = text("project_id");
    static final Field<String> TYPE = text("type");
    static final Field<String> ACCESS_HASH = text("access_hash");

    static final Table<Record> APPLICATION_CREDENTIALS = table("identity_application_credentials");
    static final Field<String> SECRET_HASH = text("secret_hash");
    static final Field<Boolean> UNRESTRICTED = DSL.field(DSL.name("unrestricted"), Boolean.class);
    static final Field<Long> EXPIRES_AT_MILLIS = number("expires_at_millis");
    static final Field<String> ROLE_IDS = text("role_ids");

    static final Table<Record> REVOCATIONS = table("identity_revocations");
    static final Field<String> AUDIT_HASH = text("audit_hash");

    private Columns() {}

    private static Table<Record> table(String name) {
        return DSL.table(DSL.name(name));
    }

    private static Field<String> text(String name) {
        return DSL.field(DSL.name(name), String.class);
    }

    private static Field<Long> number(String name) {
        return DSL.field(DSL.name(name), Long.class);
    }
}
