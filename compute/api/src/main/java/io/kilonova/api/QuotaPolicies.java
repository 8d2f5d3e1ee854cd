package io.kilonova.api;

import io.kilonova.access.Policy;

/** What may be allowed of quotas, limits and usage, under the names of Nova. */
final class QuotaPolicies {
    private static final String SETS = "os_compute_api:os-quota-sets:";
    private static final String CLASSES = "os_compute_api:os-quota-class-sets:";
    private static final String USAGE = "os_compute_api:os-simple-tenant-usage:";

    static final Policy LIMITS = Policy.anyone("os_compute_api:limits", "Show one's own limits");
    static final Policy LIMITS_OF_OTHERS =
            Policy.admin("os_compute_api:limits:other_project", "Show the limits of another project");
    static final Policy SHOW = Policy.reader(SETS + "show", "Show a project's quotas");
    static final Policy DETAIL = Policy.reader(SETS + "detail", "Show a project's quotas and their use");
    static final Policy DEFAULTS = Policy.anyone(SETS + "defaults", "Show the default quotas");
    static final Policy UPDATE = Policy.admin(SETS + "update", "Change a project's quotas");
    static final Policy DELETE = Policy.admin(SETS + "delete", "Give a project the default quotas again");
    static final Policy CLASS_SHOW = Policy.admin(CLASSES + "show", "Show a class of quotas");
    static final Policy CLASS_UPDATE = Policy.admin(CLASSES + "update", "Change a class of quotas");
    static final Policy USAGE_LIST = Policy.admin(USAGE + "list", "Show the use of all projects");
    static final Policy USAGE_SHOW = Policy.reader(USAGE + "show", "Show the use of a project");

    private QuotaPolicies() {}
}
