package io.kilonova.networks;

import io.kilonova.http.HttpError;
import io.kilonova.http.Query;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;

/**
 * Reads which resources a list shows: any attribute filters, {@code fields} narrows, {@code sort_key}, {@code limit} and
 * {@code marker} page. What stands in columns narrows the query; the rest is decided on what a tenant has.
 */
final class ResourceList {
    private static final Set<String> CONTROLS =
            Set.of("fields", "sort_key", "sort_dir", "limit", "marker", "page_reverse", "verbose");

    private ResourceList() {}

    /** What the database can narrow by. */
    static Condition condition(Query query) {
        Condition condition = DSL.trueCondition();
        for (String name : query.names()) {
            if (!CONTROLS.contains(name)) {
                condition = condition.and(ResourceStore.narrowed(name, query.all(name)));
            }
        }
        return condition;
    }

    /** The page of {@code found} that the query asks for. */
    static List<Resource> page(Query query, List<Resource> found) {
        Predicate<Resource> filter = resource -> query.names().stream()
                .filter(name -> !CONTROLS.contains(name))
                .allMatch(name -> matches(resource, name, query.all(name)));
        List<Resource> sorted = sorted(query, found.stream().filter(filter).toList());
        int start = 0;
        if (query.first("marker").isPresent()) {
            String marker = query.first("marker").get();
            List<String> ids = sorted.stream().map(Resource::id).toList();
            if (!ids.contains(marker)) {
                throw HttpError.QUERY_INVALID.with("marker [%s] not found".formatted(marker));
            }
            start = ids.indexOf(marker) + 1;
        }
        int limit = limit(query);
        return sorted.subList(start, limit < 0 ? sorted.size() : Math.min(sorted.size(), start + limit));
    }

    /** The most that the query asks for; -1 for all. */
    static int limit(Query query) {
        try {
            int limit = query.first("limit").map(Integer::parseInt).orElse(-1);
            return limit == 0 ? -1 : limit;
        } catch (NumberFormatException exception) {
            throw HttpError.QUERY_INVALID.because(exception, "limit must be a whole number");
        }
    }

    private static boolean matches(Resource resource, String name, List<String> values) {
        return switch (name) {
            case "id" -> values.contains(resource.id());
            case "project_id", "tenant_id" -> values.contains(resource.projectId());
            case "fixed_ips" -> values.stream().allMatch(value -> matchesFixedIp(resource, value));
            case "revision_number" -> values.contains(String.valueOf(resource.revision()));
            case "tags", "tags-any", "not-tags", "not-tags-any" -> ResourceTags.matches(resource, name, values);
            default -> matchesAttribute(resource.get(name), name, resource, values);
        };
    }

    private static boolean matchesAttribute(JsonNode value, String name, Resource resource, List<String> values) {
        if (value.isMissingNode()) {
            // A parameter that no attribute has is passed over, as by Neutron.
            return !resource.kind().attributes().containsKey(name);
        }
        if (value.isArray()) {
            return value.valueStream().anyMatch(element -> values.contains(element.asString("")));
        }
        String text = value.isNull() ? "" : value.asString("");
        return value.isBoolean()
                ? values.stream()
                        .anyMatch(asked -> asked.toLowerCase(Locale.ROOT).equals(text)
                                || asked.equals(value.booleanValue() ? "1" : "0"))
                : values.contains(text);
    }

    /** {@code ip_address=10.0.0.5}, {@code subnet_id=...}, {@code ip_address_substr=10.0}. */
    private static boolean matchesFixedIp(Resource port, String value) {
        int equals = value.indexOf('=');
        String key = equals < 0 ? "" : value.substring(0, equals);
        String wanted = value.substring(equals + 1);
        return port.get("fixed_ips").valueStream().anyMatch(fixed -> switch (key) {
            case "ip_address", "subnet_id" -> fixed.path(key).asString("").equals(wanted);
            case "ip_address_substr" -> fixed.path("ip_address").asString("").contains(wanted);
            default -> false;
        });
    }

    private static List<Resource> sorted(Query query, List<Resource> found) {
        List<String> keys = query.all("sort_key");
        List<String> directions = query.all("sort_dir");
        if (keys.isEmpty()) {
            return found;
        }
        Comparator<Resource> order = (one, other) -> 0;
        for (int index = 0; index < keys.size(); index++) {
            String key = keys.get(index);
            Comparator<Resource> next = Comparator.comparing(resource -> sortValue(resource, key));
            boolean descending =
                    index < directions.size() && directions.get(index).equals("desc");
            order = order.thenComparing(descending ? next.reversed() : next);
        }
        return found.stream().sorted(order).toList();
    }

    private static String sortValue(Resource resource, String key) {
        return switch (key) {
            case "id" -> resource.id();
            case "project_id", "tenant_id" -> resource.projectId();
            case "created_at" -> resource.createdAt().toString();
            default -> resource.text(key);
        };
    }
}
