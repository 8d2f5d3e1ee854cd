package io.kilonova.api;

import io.kilonova.access.Visibility;
import io.kilonova.http.BoundedPattern;
import io.kilonova.http.HttpError;
import io.kilonova.http.Microversion;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Query;
import io.kilonova.http.Request;
import io.kilonova.servers.ServerError;
import io.kilonova.servers.ServerFilter;
import io.kilonova.servers.ServerQuery;
import io.kilonova.servers.ServerStatus;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads which servers a list shall show. What a caller may not filter by is passed over, as Nova does. */
final class ServerListReader {
    private static final PageRequest.Sort NEWEST_FIRST = new PageRequest.Sort("created_at", false);

    /** What a tenant may filter by, and from which microversion. */
    private static final Map<String, Microversion> FOR_EVERYBODY = everybody();

    private final int maximumLimit;

    ServerListReader(int maximumLimit) {
        this.maximumLimit = maximumLimit;
    }

    private static Map<String, Microversion> everybody() {
        Map<Integer, Set<String>> bySince = Map.of(
                1, Set.of("reservation_id", "name", "status", "image", "flavor", "ip", "changes-since"),
                5, Set.of("ip6"),
                26, Set.of("tags", "tags-any", "not-tags", "not-tags-any"),
                66, Set.of("changes-before"),
                73, Set.of("locked"),
                83,
                        Set.of(
                                "availability_zone",
                                "config_drive",
                                "key_name",
                                "created_at",
                                "launched_at",
                                "terminated_at",
                                "power_state",
                                "task_state",
                                "vm_state",
                                "progress",
                                "user_id"),
                90, Set.of("hostname"));
        Map<String, Microversion> all = new HashMap<>();
        bySince.forEach((minor, names) -> names.forEach(name -> all.put(name, new Microversion(2, minor))));
        return Map.copyOf(all);
    }

    /** The page that the query asks for. */
    PageRequest page(Request request) {
        return PageRequest.of(request.query(), maximumLimit, NEWEST_FIRST);
    }

    ServerQuery read(Request request, boolean detailed, PageRequest page) {
        Query query = request.query();
        boolean admin = request.allows(ServerPolicies.ALL_FILTERS);
        boolean all = allTenants(request);
        if (all) {
            request.enforce(detailed ? ServerPolicies.DETAIL_ALL : ServerPolicies.INDEX_ALL, Map.of());
        }
        requireOrder(query);
        List<ServerFilter> filters = new ArrayList<>();
        for (String name : query.names()) {
            boolean project = name.equals("project_id") || name.equals("tenant_id");
            if (admin ? all || !project : holds(name, request.version())) {
                filter(request, name, query.last(name).orElse("")).ifPresent(filters::add);
            }
        }
        return new ServerQuery(
                all ? Visibility.everything() : Visibility.of(request.caller().project()),
                scope(query, admin),
                filters,
                page.sort().stream()
                        .map(sort -> new ServerQuery.Sort(sort.key(), sort.ascending()))
                        .toList(),
                page.limit(),
                page.marker());
    }

    private static boolean holds(String name, Microversion version) {
        Microversion since = FOR_EVERYBODY.get(name);
        return since != null && version.compareTo(since) >= 0;
    }

    private static boolean allTenants(Request request) {
        return request.query()
                .last("all_tenants")
                .filter(asked -> asked.isEmpty() || Truth.of(asked))
                .isPresent();
    }

    private static void requireOrder(Query query) {
        Optional<Instant> since = query.last("changes-since").map(value -> time("changes-since", value));
        Optional<Instant> before = query.last("changes-before").map(value -> time("changes-before", value));
        if (since.isPresent() && before.filter(since.get()::isAfter).isPresent()) {
            throw HttpError.QUERY_INVALID.with(
                    "The value of changes-since must be less than or equal to changes-before.");
        }
    }

    /** Servers that are gone are shown among changes, and to administrators who ask for them. */
    private static ServerQuery.Scope scope(Query query, boolean admin) {
        boolean deletedStatus = query.all("status").stream().anyMatch(ServerStatus.DELETED.name()::equalsIgnoreCase);
        if (deletedStatus && !admin) {
            throw ServerError.DELETED_NOT_SHOWN.with();
        }
        if (deletedStatus) {
            return ServerQuery.Scope.GONE;
        }
        Optional<String> deleted = admin ? query.last("deleted") : Optional.empty();
        if (deleted.isPresent()) {
            return Truth.of(deleted.get()) ? ServerQuery.Scope.GONE : ServerQuery.Scope.PRESENT;
        }
        return query.has("changes-since") || query.has("changes-before")
                ? ServerQuery.Scope.BOTH
                : ServerQuery.Scope.PRESENT;
    }

    private Optional<ServerFilter> filter(Request request, String name, String value) {
        return switch (name) {
            case "status" -> Optional.of(statuses(request));
            case "changes-since" -> Optional.of(ServerFilter.changedSince(time(name, value)));
            case "changes-before" -> Optional.of(ServerFilter.changedBefore(time(name, value)));
            case "tags" -> Optional.of(ServerFilter.tags(list(value)));
            case "tags-any" -> Optional.of(ServerFilter.tagsAny(list(value)));
            case "not-tags" -> Optional.of(ServerFilter.notTags(list(value)));
            case "not-tags-any" -> Optional.of(ServerFilter.notTagsAny(list(value)));
            default -> ServerFilter.of(name, value, BoundedPattern::ofCaller);
        };
    }

    private static ServerFilter statuses(Request request) {
        List<ServerStatus> statuses = new ArrayList<>();
        for (String name : request.query().all("status")) {
            Optional<ServerStatus> status = ServerStatus.named(name);
            if (status.isEmpty() && request.version().atLeast(2, 38)) {
                throw HttpError.QUERY_INVALID.with("Invalid status value");
            }
            status.ifPresent(statuses::add);
        }
        return statuses.isEmpty() ? ServerFilter.nothing() : ServerFilter.statuses(statuses);
    }

    private static List<String> list(String value) {
        return Arrays.asList(value.split(","));
    }

    static Instant time(String name, String value) {
        try {
            String text = value.replace(' ', 'T');
            return text.endsWith("Z") || text.matches(".*[+-]\\d\\d:?\\d\\d$")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException exception) {
            throw HttpError.QUERY_INVALID.because(
                    exception,
                    "Invalid input for query parameters %s. Value: %s. '%s' is not a 'date-time'"
                            .formatted(name, value, value));
        }
    }
}
