package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.PageLinks;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Query;
import io.kilonova.http.Request;
import io.kilonova.servers.ServerUse;
import io.kilonova.servers.TenantUsages;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Shows what projects have used: the hours of their servers, times what each has. */
final class TenantUsageHandlers {
    private final TenantUsages usages;
    private final InstantSource clock;
    private final int maximumLimit;

    TenantUsageHandlers(TenantUsages usages, InstantSource clock, int maximumLimit) {
        this.usages = usages;
        this.clock = clock;
        this.maximumLimit = maximumLimit;
    }

    Answer list(Request request) {
        PageRequest page = page(request);
        TenantUsages.Period period = period(request, page, Optional.empty());
        List<ServerUse> uses = usages.list(period);
        boolean detailed = request.query().last("detailed").orElse("0").equals("1");
        Map<String, List<ServerUse>> byProject = uses.stream()
                .collect(Collectors.groupingBy(
                        use -> use.server().projectId(), LinkedHashMap::new, Collectors.toList()));
        return Answer.json(json -> json.object(() -> {
            json.array(
                    "tenant_usages",
                    () -> byProject.forEach((project, ofProject) ->
                            json.object(() -> write(json, project, ofProject, period, detailed))));
            PageLinks.next(json, request, page, "tenant_usages_links", "os-simple-tenant-usage", ids(uses));
        }));
    }

    Answer show(Request request) {
        String project = request.path("id");
        PageRequest page = page(request);
        TenantUsages.Period period = period(request, page, Optional.of(project));
        List<ServerUse> uses = usages.list(period);
        return Answer.json(json -> json.object(() -> {
            json.object("tenant_usage", () -> {
                if (!uses.isEmpty()) {
                    write(json, project, uses, period, true);
                }
            });
            String path = "os-simple-tenant-usage/" + project;
            PageLinks.next(json, request, page, "tenant_usage_links", path, ids(uses));
        }));
    }

    private void write(
            JsonWriter json, String project, List<ServerUse> uses, TenantUsages.Period period, boolean detailed) {
        double hours = 0;
        double diskGibibyteHours = 0;
        double memoryMebibyteHours = 0;
        double processorHours = 0;
        for (ServerUse use : uses) {
            double each = use.hours(period.start(), period.stop());
            hours += each;
            diskGibibyteHours += each * use.diskGibibytes();
            memoryMebibyteHours += each * use.server().flavor().memoryMebibytes();
            processorHours += each * use.server().flavor().virtualCpus();
        }
        json.field("tenant_id", project)
                .timeInMicroseconds("start", period.start())
                .timeInMicroseconds("stop", period.stop())
                .field("total_hours", hours)
                .field("total_local_gb_usage", diskGibibyteHours)
                .field("total_memory_mb_usage", memoryMebibyteHours)
                .field("total_vcpus_usage", processorHours);
        if (detailed) {
            json.array("server_usages", () -> uses.forEach(use -> json.object(() -> write(json, use, period))));
        }
    }

    private void write(JsonWriter json, ServerUse use, TenantUsages.Period period) {
        json.field("instance_id", use.server().id())
                .field("name", use.server().name())
                .field("tenant_id", use.server().projectId())
                .field("flavor", use.server().flavor().name())
                .field("vcpus", use.server().flavor().virtualCpus())
                .field("memory_mb", use.server().flavor().memoryMebibytes())
                .field("local_gb", use.diskGibibytes())
                .field("hours", use.hours(period.start(), period.stop()))
                .timeInMicroseconds("started_at", use.startedAt())
                .timeInMicroseconds("ended_at", use.deletedAt())
                .field(
                        "state",
                        use.deletedAt().isPresent()
                                ? "terminated"
                                : use.server().vmState().label())
                .field("uptime", use.uptime(clock.instant()).toSeconds());
    }

    private static List<String> ids(List<ServerUse> uses) {
        return uses.stream().map(use -> use.server().id()).toList();
    }

    private PageRequest page(Request request) {
        return request.version().atLeast(2, 40) ? PageRequest.of(request.query(), maximumLimit) : PageRequest.whole();
    }

    private TenantUsages.Period period(Request request, PageRequest page, Optional<String> project) {
        Query query = request.query();
        Instant now = clock.instant();
        Instant start = time(query, "start", now);
        Instant stop = time(query, "end", now);
        if (start.isAfter(stop)) {
            throw HttpError.QUERY_INVALID.with("Invalid start time. The start time cannot occur after the end time.");
        }
        return new TenantUsages.Period(project, start, stop, page.marker(), page.limit());
    }

    /** Times without a zone are in UTC; with nothing said it is now. */
    private static Instant time(Query query, String name, Instant otherwise) {
        Optional<String> text = query.last(name).filter(given -> !given.isEmpty());
        try {
            return text.map(given ->
                            LocalDateTime.parse(given.replace(' ', 'T')).toInstant(ZoneOffset.UTC))
                    .orElse(otherwise);
        } catch (DateTimeException exception) {
            throw HttpError.QUERY_INVALID.because(
                    exception,
                    "Invalid datetime string: time data '%s' does not match format '%%Y-%%m-%%dT%%H:%%M:%%S.%%f'"
                            .formatted(text.orElse("")));
        }
    }
}
