package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Microversion;
import io.kilonova.http.Request;
import io.kilonova.servers.QuotaResource;
import io.kilonova.servers.Quotas;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Shows and changes how much projects may have. */
final class QuotaHandlers {
    private static final String DEFAULT_CLASS = "default";

    /** What networks bound now; shown without limit before 2.36, and in classes before 2.50. */
    private static final List<String> OF_NETWORKS =
            List.of("fixed_ips", "floating_ips", "security_group_rules", "security_groups");

    private static final List<QuotaResource> OF_FILES = List.of(
            QuotaResource.INJECTED_FILES,
            QuotaResource.INJECTED_FILE_CONTENT_BYTES,
            QuotaResource.INJECTED_FILE_PATH_BYTES);
    private static final List<QuotaResource> OF_GROUPS =
            List.of(QuotaResource.SERVER_GROUPS, QuotaResource.SERVER_GROUP_MEMBERS);

    private final Quotas quotas;
    private final ProjectDirectory projects;

    QuotaHandlers(Quotas quotas, ProjectDirectory projects) {
        this.quotas = quotas;
        this.projects = projects;
    }

    /** The limits that hold for the caller's project, or for the one that an administrator names, and their use. */
    Answer limits(Request request) {
        Optional<String> other = request.query().last("tenant_id").filter(id -> !id.isEmpty());
        String project = other.orElseGet(() -> request.caller().project());
        if (other.isPresent()
                && request.caller().projectId().filter(project::equals).isEmpty()) {
            request.enforce(QuotaPolicies.LIMITS_OF_OTHERS, Map.of("project_id", project));
        }
        Map<QuotaResource, Long> limits = quotas.limits(project);
        Quotas.Usage used = quotas.usage(project);
        return Answer.json(json -> json.object(() -> json.object("limits", () -> {
            json.array("rate", () -> {});
            json.object("absolute", () -> absolute(json, request.version(), limits, used));
        })));
    }

    private static void absolute(
            JsonWriter json, Microversion version, Map<QuotaResource, Long> limits, Quotas.Usage used) {
        json.field("maxServerMeta", of(limits, QuotaResource.METADATA_ITEMS))
                .field("maxTotalInstances", of(limits, QuotaResource.INSTANCES))
                .field("maxTotalCores", of(limits, QuotaResource.CORES))
                .field("maxTotalRAMSize", of(limits, QuotaResource.RAM))
                .field("maxTotalKeypairs", of(limits, QuotaResource.KEY_PAIRS))
                .field("maxServerGroups", of(limits, QuotaResource.SERVER_GROUPS))
                .field("maxServerGroupMembers", of(limits, QuotaResource.SERVER_GROUP_MEMBERS))
                .field("totalInstancesUsed", used.instances())
                .field("totalCoresUsed", used.cores())
                .field("totalRAMUsed", used.ramMebibytes())
                .field("totalServerGroupsUsed", used.of(QuotaResource.SERVER_GROUPS));
        if (version.before(2, 36)) {
            json.field("maxTotalFloatingIps", -1)
                    .field("maxSecurityGroups", -1)
                    .field("maxSecurityGroupRules", -1)
                    .field("totalFloatingIpsUsed", 0)
                    .field("totalSecurityGroupsUsed", 0);
        }
        if (version.before(2, 39)) {
            json.field("maxImageMeta", of(limits, QuotaResource.METADATA_ITEMS));
        }
        if (version.before(2, 57)) {
            json.field("maxPersonality", of(limits, QuotaResource.INJECTED_FILES))
                    .field("maxPersonalitySize", of(limits, QuotaResource.INJECTED_FILE_CONTENT_BYTES));
        }
    }

    Answer show(Request request) {
        projects.require(request.path("id"));
        return set(request, "quota_set", true, quotas.limits(request.path("id")));
    }

    Answer defaults(Request request) {
        projects.require(request.path("id"));
        return set(request, "quota_set", true, quotas.defaults());
    }

    Answer detail(Request request) {
        String project = request.path("id");
        projects.require(project);
        Map<QuotaResource, Long> limits = quotas.limits(project);
        Quotas.Usage used = quotas.usage(project);
        return Answer.json(json -> json.object(() -> json.object("quota_set", () -> {
            json.field("id", project);
            resources(request.version(), true)
                    .forEach(resource -> detail(json, resource.label(), of(limits, resource), used.of(resource)));
            if (request.version().before(2, 36)) {
                OF_NETWORKS.forEach(name -> detail(json, name, -1, 0));
            }
        })));
    }

    private static void detail(JsonWriter json, String name, long limit, long used) {
        json.object(name, () -> json.field("limit", limit).field("in_use", used).field("reserved", 0));
    }

    Answer update(Request request) {
        requireNoUser(request);
        String project = request.path("id");
        projects.require(project);
        JsonNode body = request.body().path("quota_set");
        Map<QuotaResource, Long> wanted = wanted(body);
        if (Truth.of(body.path("force"))) {
            quotas.set(project, wanted);
        } else {
            quotas.setAboveUsage(project, wanted);
        }
        return set(request, "quota_set", false, quotas.limits(project));
    }

    Answer delete(Request request) {
        requireNoUser(request);
        quotas.reset(request.path("id"));
        return Answer.empty();
    }

    Answer showClass(Request request) {
        return set(request, "quota_class_set", true, quotas.defaults());
    }

    Answer updateClass(Request request) {
        if (!request.path("id").equals(DEFAULT_CLASS)) {
            throw HttpError.NOT_BUILT.with("quota classes other than \"default\"");
        }
        quotas.setDefaults(wanted(request.body().path("quota_class_set")));
        return set(request, "quota_class_set", false, quotas.defaults());
    }

    private static void requireNoUser(Request request) {
        if (request.query().has("user_id")) {
            throw HttpError.NOT_BUILT.with("quotas of single users; leave user_id out to act on the whole project");
        }
    }

    private static Map<QuotaResource, Long> wanted(JsonNode body) {
        Map<QuotaResource, Long> wanted = new EnumMap<>(QuotaResource.class);
        body.properties()
                .forEach(entry -> QuotaResource.named(entry.getKey())
                        .ifPresent(resource -> wanted.put(
                                resource, Long.parseLong(entry.getValue().asString()))));
        return wanted;
    }

    private static Answer set(Request request, String name, boolean identified, Map<QuotaResource, Long> limits) {
        boolean ofClass = name.equals("quota_class_set");
        Microversion version = request.version();
        boolean networks = ofClass ? version.before(2, 50) : version.before(2, 36);
        return Answer.json(json -> json.object(() -> json.object(name, () -> {
            if (identified) {
                json.field("id", request.path("id"));
            }
            resources(version, !ofClass || version.atLeast(2, 50))
                    .forEach(resource -> json.field(resource.label(), of(limits, resource)));
            if (networks) {
                OF_NETWORKS.forEach(network -> json.field(network, -1));
            }
        })));
    }

    private static List<QuotaResource> resources(Microversion version, boolean groups) {
        List<QuotaResource> resources = new ArrayList<>(List.of(QuotaResource.values()));
        if (version.atLeast(2, 57)) {
            resources.removeAll(OF_FILES);
        }
        if (!groups) {
            resources.removeAll(OF_GROUPS);
        }
        return resources;
    }

    private static long of(Map<QuotaResource, Long> limits, QuotaResource resource) {
        return limits.getOrDefault(resource, -1L);
    }
}
