package io.kilonova.api;

import io.kilonova.access.Policy;

/** What may be allowed of flavors, under the names of Nova. */
final class FlavorPolicies {
    private static final String MANAGE = "os_compute_api:os-flavor-manage:";
    private static final String ACCESS = "os_compute_api:os-flavor-access";
    private static final String EXTRA_SPECS = "os_compute_api:os-flavor-extra-specs:";

    static final Policy READ = Policy.anyone("kilonova:flavors:read", "List and show flavors");
    static final Policy CREATE = Policy.admin(MANAGE + "create", "Create a flavor");
    static final Policy UPDATE = Policy.admin(MANAGE + "update", "Change a flavor's description");
    static final Policy DELETE = Policy.admin(MANAGE + "delete", "Delete a flavor");
    static final Policy ACCESS_LIST = Policy.admin(ACCESS, "List the projects that may use a private flavor");
    static final Policy ACCESS_ADD = Policy.admin(ACCESS + ":add_tenant_access", "Let a project use a flavor");
    static final Policy ACCESS_REMOVE = Policy.admin(ACCESS + ":remove_tenant_access", "Take a flavor from a project");
    static final Policy EXTRA_SPECS_LIST = Policy.reader(EXTRA_SPECS + "index", "List a flavor's extra specs");
    static final Policy EXTRA_SPECS_SHOW = Policy.reader(EXTRA_SPECS + "show", "Show an extra spec");
    static final Policy EXTRA_SPECS_CREATE = Policy.admin(EXTRA_SPECS + "create", "Add extra specs");
    static final Policy EXTRA_SPECS_UPDATE = Policy.admin(EXTRA_SPECS + "update", "Change an extra spec");
    static final Policy EXTRA_SPECS_DELETE = Policy.admin(EXTRA_SPECS + "delete", "Remove an extra spec");

    private FlavorPolicies() {}
}
