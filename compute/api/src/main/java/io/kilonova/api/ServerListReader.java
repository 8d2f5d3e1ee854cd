package io.kilonova.api;

import io.kilonova.access.Visibility;
import io.kilonova.http.HttpError;
import io.kilonova.http.Query;
import io.kilonova.http.Request;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads which servers a list shall show. What a caller may not filter by is passed over, as Nova does. */
final class ServerListReader {
    private static final Set<String> FOR_EVERYBODY = Set.of(
            "reservation_id",
            "name",
            "status",
            "image",
            "flavor",
            "ip",
            "ip6",
            "changes-since",
            "changes-before",
            "all_tenants",
            "tags",
            "tags-any",
            "not-tags",
            "not-tags-any",
            "locked",
            "description",
            "hostname",
            "access_ip_v4",
            "access_ip_v6");
    private static final Set<String> FOR_EVERYBODY_LATER = Set.of(
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
            "user_id");

    private final int maximumLimit;

    ServerListReader(int maximumLimit) {
        this.maximumLimit = maximumLimit;
    }

    ServerQuery read(Request request, boolean detailed) {
        Query query = request.query();
        List<ServerFilter> filters = new ArrayList<>();
        boolean all = query.has("all_tenants")
                && (query.last("all_tenants").orElse("").isEmpty()
                        || Truth.of(query.last("all_tenants").orElse("")));
        if (all) {
            request.enforce(detailed ? ServerPolicies.DETAIL_ALL : ServerPolicies.INDEX_ALL, java.util.Map.of());
        }
        boolean everyFilter = request.allows(ServerPolicies.ALL_FILTERS);
        for (String name : query.names()) {
            String value = query.last(name).orElse("");
            boolean allowed = everyFilter
                    || FOR_EVERYBODY.contains(name)
                    || (request.version().atLeast(2, 83) && FOR_EVERYBODY_LATER.contains(name));
            boolean foreignProject = (name.equals("project_id") || name.equals("tenant_id")) && !all;
            if (allowed && !foreignProject) {
                filter(request, name, value).ifPresent(filters::add);
            }
        }
        Visibility visibility =
                all ? Visibility.everything() : Visibility.of(request.caller().project());
        return new ServerQuery(visibility, filters, sorts(query), limit(query), query.last("marker"));
    }

    /** Whether another page may follow: this one is full. */
    boolean mayHaveMore(Request request, ServerQuery query, int shown) {
        return shown > 0 && shown == query.limit() && (request.query().has("limit") || shown == maximumLimit);
    }

    private Optional<ServerFilter> filter(Request request, String name, String value) {
        return switch (name) {
            case "status" -> Optional.of(statuses(request));
            case "changes-since" -> Optional.of(ServerFilter.changedSince(time(name, value)));
            case "changes-before" -> Optional.of(ServerFilter.changedBefore(time(name, value)));
            case "tags" -> Optional.of(ServerFilter.tags(list(value)));
            case "tags-any" -> Optional.of(ServerFilter.tagsAny(list(value)));
            case "not-tags" -> Optional.of(ServerFilter.tags(list(value)).negated());
            case "not-tags-any" -> Optional.of(ServerFilter.tagsAny(list(value)).negated());
            case "deleted", "soft_deleted" -> Truth.of(value) ? Optional.of(ServerFilter.nothing()) : Optional.empty();
            default -> ServerFilter.of(name, value);
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

    private static List<ServerQuery.Sort> sorts(Query query) {
        List<String> keys = query.all("sort_key");
        List<String> directions = query.all("sort_dir");
        List<ServerQuery.Sort> sorts = new ArrayList<>();
        for (int index = 0; index < keys.size(); index++) {
            String direction = directions.isEmpty() ? "desc" : directions.get(Math.min(index, directions.size() - 1));
            if (!direction.equals("asc") && !direction.equals("desc")) {
                throw HttpError.QUERY_INVALID.with("Unknown sort direction, must be one of: asc, desc");
            }
            if (!ServerQuery.sortsBy(keys.get(index))) {
                throw HttpError.QUERY_INVALID.with("Servers cannot be sorted by " + keys.get(index));
            }
            sorts.add(new ServerQuery.Sort(keys.get(index), direction.equals("asc")));
        }
        if (keys.isEmpty() && !directions.isEmpty()) {
            sorts.add(new ServerQuery.Sort("created_at", directions.getFirst().equals("asc")));
        }
        return sorts;
    }

    private int limit(Query query) {
        try {
            int limit = query.last("limit").map(Integer::parseInt).orElse(maximumLimit);
            if (limit < 0) {
                throw HttpError.QUERY_INVALID.with("limit param must be an integer of at least 0");
            }
            return Math.min(limit, maximumLimit);
        } catch (NumberFormatException exception) {
            throw HttpError.QUERY_INVALID.because(exception, "limit param must be an integer");
        }
    }
}
