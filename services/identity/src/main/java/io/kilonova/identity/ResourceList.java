package io.kilonova.identity;

import io.kilonova.http.Answer;
import io.kilonova.http.Request;
import io.kilonova.storage.Database;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;

/**
 * Answers a list in the order of ids. With a {@code limit} it is one page and a link to the next; without one it is
 * everything, read a thousand at a time while it is written, so that a long list costs the memory of a short one.
 */
final class ResourceList {
    private static final int CHUNK = 1_000;

    private final Database database;
    private final Request request;
    private final ResourceKind kind;
    private final ResourceRules rules;

    ResourceList(Database database, Request request, ResourceKind kind, ResourceRules rules) {
        this.database = database;
        this.request = request;
        this.kind = kind;
        this.rules = rules;
    }

    /** The resources that fulfil {@code condition}. */
    Answer answer(Condition condition) {
        Optional<Integer> limit = request.query().last("limit").map(ResourceList::limit);
        String marker = request.query().last("marker").orElse("");
        if (limit.isPresent()) {
            List<Resource> found = new ArrayList<>(page(condition, marker, limit.get() + 1));
            boolean more = found.size() > limit.get();
            if (more) {
                found.removeLast();
            }
            return write(found, more, condition);
        }
        return write(page(condition, marker, CHUNK), false, condition);
    }

    private List<Resource> page(Condition condition, String after, int limit) {
        return database.read(sql -> ResourceStore.page(sql, kind, condition, after, limit));
    }

    private Answer write(List<Resource> first, boolean more, Condition condition) {
        boolean whole = request.query().last("limit").isEmpty();
        Optional<String> next = more ? Optional.of(next(first.getLast().id())) : Optional.empty();
        return Answer.json(json -> json.object(() -> {
            Links.ofList(json, request, "/" + kind.plural(), next);
            json.array(kind.plural(), () -> {
                List<Resource> chunk = first;
                while (!chunk.isEmpty()) {
                    chunk.forEach(resource -> json.object(() -> ResourceView.write(json, request, resource, rules)));
                    chunk = whole && chunk.size() == CHUNK
                            ? page(condition, chunk.getLast().id(), CHUNK)
                            : List.of();
                }
            });
            if (more) {
                json.field("truncated", true);
            }
        }));
    }

    private String next(String marker) {
        Map<String, List<String>> parameters =
                new LinkedHashMap<>(request.query().asMap());
        parameters.put("marker", List.of(marker));
        List<String> parts = new ArrayList<>();
        parameters.forEach(
                (name, values) -> values.forEach(value -> parts.add(Links.encoded(name) + "=" + Links.encoded(value))));
        return request.versionUrl() + "/" + kind.plural() + "?" + String.join("&", parts);
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit > 0) {
                return Math.min(limit, CHUNK);
            }
        } catch (NumberFormatException exception) {
            throw IdentityError.FIELD_INVALID.with("limit", "it is not a whole number above zero.");
        }
        throw IdentityError.FIELD_INVALID.with("limit", "it is not a whole number above zero.");
    }
}
