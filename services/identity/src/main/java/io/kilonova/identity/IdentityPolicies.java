package io.kilonova.identity;

import io.kilonova.access.Policy;

/**
 * Who may do what, under Keystone's names and by its rules. An administrator may do everything; a reader of the system may
 * read everything; a reader or manager of a domain reads or manages what belongs to that domain, and no more.
 */
final class IdentityPolicies {
    private static final String ADMIN = "rule:admin_required";
    private static final String SYSTEM_READER = ADMIN + " or (role:reader and system_scope:all)";
    private static final String SERVICE = " or role:service";

    /** Any valid token: the handler decides by {@link Guard} when it has found what the request is about. */
    static final Policy HOLDER = Policy.anyone("identity:token_holder", "Hold a valid token");

    static final Policy VALIDATE_TOKEN = new Policy(
            "identity:validate_token",
            SYSTEM_READER + SERVICE + " or user_id:%(target.token.user_id)s",
            "Read what a token says");
    static final Policy REVOKE_TOKEN = new Policy(
            "identity:revoke_token", ADMIN + " or user_id:%(target.token.user_id)s", "End a token before its time");
    static final Policy EC2_AUTHENTICATE = new Policy(
            "identity:ec2tokens_authenticate", ADMIN + SERVICE, "Exchange the signature of an EC2 request for a token");

    static final Verbs PROJECTS = new Verbs(
            readers("list_projects", "%(target.domain_id)s"),
            readers("get_project", "%(target.project.domain_id)s", "project_id:%(target.project.id)s"),
            managers("create_project", "%(target.project.domain_id)s"),
            managers("update_project", "%(target.project.domain_id)s"),
            managers("delete_project", "%(target.project.domain_id)s"));
    static final Verbs DOMAINS = new Verbs(
            readers("list_domains", "%(target.domain_id)s"),
            readers("get_domain", "%(target.domain.id)s", "user_domain_id:%(target.domain.id)s"),
            admins("create_domain"),
            admins("update_domain"),
            admins("delete_domain"));
    static final Verbs USERS = new Verbs(
            readers("list_users", "%(target.domain_id)s"),
            readers("get_user", "%(target.user.domain_id)s", "user_id:%(target.user.id)s"),
            managers("create_user", "%(target.user.domain_id)s"),
            managers("update_user", "%(target.user.domain_id)s"),
            managers("delete_user", "%(target.user.domain_id)s"));
    static final Verbs GROUPS = new Verbs(
            readers("list_groups", "%(target.domain_id)s"),
            readers("get_group", "%(target.group.domain_id)s"),
            managers("create_group", "%(target.group.domain_id)s"),
            managers("update_group", "%(target.group.domain_id)s"),
            managers("delete_group", "%(target.group.domain_id)s"));
    static final Verbs ROLES = new Verbs(
            new Policy("identity:list_roles", SYSTEM_READER + " or role:manager", "List roles"),
            new Policy("identity:get_role", SYSTEM_READER + " or role:manager", "Read a role"),
            admins("create_role"),
            admins("update_role"),
            admins("delete_role"));
    static final Verbs REGIONS = new Verbs(
            Policy.anyone("identity:list_regions", "List regions"),
            Policy.anyone("identity:get_region", "Read a region"),
            admins("create_region"),
            admins("update_region"),
            admins("delete_region"));
    static final Verbs SERVICES = new Verbs(
            systemReaders("list_services"),
            systemReaders("get_service"),
            admins("create_service"),
            admins("update_service"),
            admins("delete_service"));
    static final Verbs ENDPOINTS = new Verbs(
            systemReaders("list_endpoints"),
            systemReaders("get_endpoint"),
            admins("create_endpoint"),
            admins("update_endpoint"),
            admins("delete_endpoint"));
    static final Verbs CREDENTIALS = new Verbs(
            owners("list_credentials", SYSTEM_READER, "%(target.user.id)s"),
            owners("get_credential", SYSTEM_READER, "%(target.credential.user_id)s"),
            owners("create_credential", ADMIN, "%(target.credential.user_id)s"),
            owners("update_credential", ADMIN, "%(target.credential.user_id)s"),
            owners("delete_credential", ADMIN, "%(target.credential.user_id)s"));

    static final Policy LIST_USER_PROJECTS =
            readers("list_user_projects", "%(target.user.domain_id)s", "user_id:%(target.user.id)s");
    static final Policy LIST_GROUPS_FOR_USER =
            readers("list_groups_for_user", "%(target.user.domain_id)s", "user_id:%(target.user.id)s");
    static final Policy LIST_USERS_IN_GROUP = readers("list_users_in_group", "%(target.group.domain_id)s");
    static final Policy CHECK_USER_IN_GROUP = readers("check_user_in_group", "%(target.group.domain_id)s");
    static final Policy ADD_USER_TO_GROUP = membership("add_user_to_group");
    static final Policy REMOVE_USER_FROM_GROUP = membership("remove_user_from_group");

    static final Policy GET_PROJECT_TAG =
            readers("get_project_tag", "%(target.project.domain_id)s", "project_id:%(target.project.id)s");
    static final Policy UPDATE_PROJECT_TAGS = managers("update_project_tags", "%(target.project.domain_id)s");

    static final Policy LIST_GRANTS = readers("list_grants", "%(target.scope.domain_id)s");
    static final Policy CHECK_GRANT = readers("check_grant", "%(target.scope.domain_id)s");
    static final Policy CREATE_GRANT = granters("create_grant");
    static final Policy REVOKE_GRANT = granters("revoke_grant");
    static final Policy LIST_SYSTEM_GRANTS = systemReaders("list_system_grants_for_user");
    static final Policy CREATE_SYSTEM_GRANT = admins("create_system_grant_for_user");
    static final Policy REVOKE_SYSTEM_GRANT = admins("revoke_system_grant_for_user");
    static final Policy LIST_ASSIGNMENTS =
            readers("list_role_assignments", "%(target.scope.domain_id)s", "user_id:%(target.user.id)s");

    static final Policy LIST_IMPLIED_ROLES = systemReaders("list_implied_roles");
    static final Policy CREATE_IMPLIED_ROLE = admins("create_implied_role");
    static final Policy DELETE_IMPLIED_ROLE = admins("delete_implied_role");

    static final Policy LIST_APPLICATION_CREDENTIALS =
            owners("list_application_credentials", SYSTEM_READER, "%(target.user.id)s");
    static final Policy GET_APPLICATION_CREDENTIAL =
            owners("get_application_credential", SYSTEM_READER, "%(target.user.id)s");
    static final Policy CREATE_APPLICATION_CREDENTIAL = new Policy(
            "identity:create_application_credential",
            "user_id:%(target.user.id)s",
            "Make an application credential for oneself");
    static final Policy DELETE_APPLICATION_CREDENTIAL =
            owners("delete_application_credential", ADMIN, "%(target.user.id)s");

    static final Policy EC2_LIST = owners("ec2_list_credentials", SYSTEM_READER, "%(target.user.id)s");
    static final Policy EC2_GET = owners("ec2_get_credential", SYSTEM_READER, "%(target.user.id)s");
    static final Policy EC2_CREATE = owners("ec2_create_credential", ADMIN, "%(target.user.id)s");
    static final Policy EC2_DELETE = owners("ec2_delete_credential", ADMIN, "%(target.user.id)s");

    private IdentityPolicies() {}

    /** The five policies of a kind of resource. */
    record Verbs(Policy list, Policy get, Policy create, Policy update, Policy delete) {}

    private static Policy policy(String action, String rule) {
        String words = action.replace('_', ' ');
        return new Policy("identity:" + action, rule, Character.toUpperCase(words.charAt(0)) + words.substring(1));
    }

    private static Policy admins(String action) {
        return policy(action, ADMIN);
    }

    private static Policy systemReaders(String action) {
        return policy(action, SYSTEM_READER);
    }

    private static Policy readers(String action, String domain) {
        return policy(
                action,
                "%s or (role:reader and domain_id:%s) or (role:manager and domain_id:%s)"
                        .formatted(SYSTEM_READER, domain, domain));
    }

    private static Policy readers(String action, String domain, String owner) {
        return policy(action, readers(action, domain).defaultRule() + " or " + owner);
    }

    private static Policy managers(String action, String domain) {
        return policy(action, "%s or (role:manager and domain_id:%s)".formatted(ADMIN, domain));
    }

    private static Policy owners(String action, String others, String user) {
        return policy(action, "%s or user_id:%s".formatted(others, user));
    }

    /** Both the user and the group must belong to the manager's domain. */
    private static Policy membership(String action) {
        return policy(
                action,
                "%s or (role:manager and domain_id:%%(target.group.domain_id)s and domain_id:%%(target.user.domain_id)s)"
                        .formatted(ADMIN));
    }

    /** A domain's manager gives within the domain, and never a role above their own. */
    private static Policy granters(String action) {
        return policy(
                action,
                ("%s or (role:manager and domain_id:%%(target.scope.domain_id)s"
                                + " and domain_id:%%(target.actor.domain_id)s and ('manager':%%(target.role.name)s"
                                + " or 'member':%%(target.role.name)s or 'reader':%%(target.role.name)s))")
                        .formatted(ADMIN));
    }
}
