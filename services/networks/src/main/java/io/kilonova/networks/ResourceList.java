package io.kilonova.networks;

import io.kilonova.http.HttpError;
import io.kilonova.http.PageRequest;
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

    /** The order of callers who have no wish. */
    private static final PageRequest.Sort AS_MADE = new PageRequest.Sort("created_at", true);

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

    /** The page that the query asks for: all, where it says nothing or none of {@code limit}. */
    static PageRequest page(Query query) {
        PageRequest page = PageRequest.of(query, Integer.MAX_VALUE, AS_MADE);
        return page.limit() == 0 ? new PageRequest(Integer.MAX_VALUE, page.marker(), page.offset(), page.sort()) : page;
    }

    /** That page of {@code found}. */
    static List<Resource> page(Query query, PageRequest page, List<Resource> found) {
        Predicate<Resource> filter = resource -> query.names().stream()
                .filter(name -> !CONTROLS.contains(name))
                .allMatch(name -> matches(resource, name, query.all(name)));
        List<Resource> sorted = sorted(page, found.stream().filter(filter).toList());
        int start = 0;
        if (page.marker().isPresent()) {
            String marker = page.marker().get();
            List<String> ids = sorted.stream().map(Resource::id).toList();
            if (!ids.contains(marker)) {
                throw HttpError.QUERY_INVALID.with("marker [%s] not found".formatted(marker));
            }
            start = ids.indexOf(marker) + 1;
        }
        return sorted.stream().skip(start).limit(page.limit()).toList();
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

    private static List<Resource> sorted(PageRequest page, List<Resource> found) {
        if (page.sort().equals(List.of(AS_MADE))) {
            return found;
        }
        Comparator<Resource> order = (one, other) -> 0;
        for (PageRequest.Sort sort : page.sort()) {
            Comparator<Resource> next = Comparator.comparing(resource -> sortValue(resource, sort.key()));
            order = order.thenComparing(sort.ascending() ? next : next.reversed());
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
