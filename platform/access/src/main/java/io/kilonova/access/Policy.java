package io.kilonova.access;

/**
 * One thing that may be allowed or not, under the name that operators know from {@code policy.yaml}.
 *
 * @param name for example {@code os_compute_api:servers:create}
 * @param defaultRule in the language of oslo.policy, for example {@code rule:project_member_or_admin}
 * @param meaning what it allows, in one sentence
 */
public record Policy(String name, String defaultRule, String meaning) {
    /** Administrators alone. */
    public static Policy admin(String name, String meaning) {
        return new Policy(name, "rule:context_is_admin", meaning);
    }

    /** Members of the project, and administrators. */
    public static Policy member(String name, String meaning) {
        return new Policy(name, "rule:project_member_or_admin", meaning);
    }

    /** Managers of the project, and administrators. */
    public static Policy manager(String name, String meaning) {
        return new Policy(name, "rule:project_manager_or_admin", meaning);
    }

    /** Readers of the project, and administrators. */
    public static Policy reader(String name, String meaning) {
        return new Policy(name, "rule:project_reader_or_admin", meaning);
    }

    /** Services of this cloud, and administrators. */
    public static Policy service(String name, String meaning) {
        return new Policy(name, "rule:service_or_admin", meaning);
    }

    /** Whoever has a valid token. */
    public static Policy anyone(String name, String meaning) {
        return new Policy(name, "@", meaning);
    }
}
