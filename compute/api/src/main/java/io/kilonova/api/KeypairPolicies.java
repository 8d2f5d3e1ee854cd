package io.kilonova.api;

import io.kilonova.access.Policy;

/** What may be allowed of key pairs, under the names of Nova. They belong to users, not to projects. */
final class KeypairPolicies {
    private static final String KEYPAIRS = "os_compute_api:os-keypairs:";
    private static final String OWNER = "rule:context_is_admin or user_id:%(user_id)s";

    static final Policy INDEX = new Policy(KEYPAIRS + "index", OWNER, "List key pairs");
    static final Policy SHOW = new Policy(KEYPAIRS + "show", OWNER, "Show a key pair");
    static final Policy CREATE = new Policy(KEYPAIRS + "create", OWNER, "Keep or make a key pair");
    static final Policy DELETE = new Policy(KEYPAIRS + "delete", OWNER, "Delete a key pair");

    private KeypairPolicies() {}
}
