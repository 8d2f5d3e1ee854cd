package io.kilonova.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The body and query schemas of one service: JSON Schema files (draft 2020-12) on the class path, one a body or query,
 * whose parts may say from which and until which microversion they hold. Nothing is read before its first use; versions
 * between two breakpoints share one compiled schema, so that a check costs one lookup and the 5 to 10 µs of a small body.
 *
 * <p>The marks, all with inclusive versions:
 *
 * <ul>
 *   <li>{@code "x-since": "2.19"} and {@code "x-until": "2.36"} on any subschema: outside of them the property, item or
 *       alternative is not there;
 *   <li>{@code "x-versions": [{"x-until": "2.36", …}, {"x-since": "2.37", …}]}: the first one that holds is laid over the
 *       schema that has the mark; when none holds, that schema is not there;
 *   <li>{@code "x-required": {"networks": {"since": "2.37"}}} on an object: properties that are needed in some versions;
 *   <li>{@code "x-enum": {"soft-affinity": {"since": "2.15"}}}: values that {@code enum} has in some versions;
 *   <li>{@code "x-open-until": "2.74"} on an object: unknown properties are allowed until then, and refused after it;
 *   <li>{@code "x-legacy": {…}}: laid over the schema where a service without microversions (Nova's {@code /v2}) asks;
 *   <li>{@code "x-query": true} at the top of a query's schema: each property describes one value of a parameter, which may
 *       stand several times, or once when it has {@code "x-once": true}.
 * </ul>
 *
 * <p>{@code {"$ref": "definitions.json#/server_name"}} takes a part of the library's own {@code definitions.json}; what stands
 * beside it is laid over that part.
 */
public final class SchemaLibrary {
    private final SchemaFiles files;
    private final Map<String, NavigableSet<Microversion>> breakpoints = new ConcurrentHashMap<>();
    private final Map<Span, SchemaCheck> compiled = new ConcurrentHashMap<>();

    /** One file in the versions between two breakpoints. */
    private record Span(String name, Microversion start, boolean legacy) {}

    /**
     * A library.
     *
     * @param folder on the class path, for example {@code schemas/compute}
     */
    public SchemaLibrary(String folder) {
        this.files = new SchemaFiles(folder);
    }

    /**
     * Refuses a body that its schema does not allow.
     *
     * @param name file name without ending, for example {@code servers/create}
     * @param body a missing one counts as {@code null}
     * @throws io.kilonova.errors.ServiceException {@link HttpError#BODY_INVALID} in the words that OpenStack's clients know
     */
    public void checkBody(String name, Microversion version, JsonNode body) {
        refuse(check(name, version, false).firstFailure(orNull(body)));
    }

    /**
     * Refuses a body as a service without microversions does: keys that the schema does not name are dropped, not refused,
     * and names may have spaces around them.
     *
     * @param version whose schema holds, for Nova's {@code /v2} 2.1
     * @return the body without the keys that were dropped
     * @throws io.kilonova.errors.ServiceException {@link HttpError#BODY_INVALID}
     */
    public JsonNode checkLegacyBody(String name, Microversion version, JsonNode body) {
        SchemaCheck check = check(name, version, true);
        JsonNode known = UnknownKeys.dropped(check.schema(), orNull(body));
        refuse(check.firstFailure(known));
        return known;
    }

    /**
     * Refuses a query that its schema does not allow, and drops what the schema does not name where it allows more.
     *
     * @throws io.kilonova.errors.ServiceException {@link HttpError#QUERY_INVALID}
     */
    public Query checkQuery(String name, Microversion version, Query query) {
        SchemaCheck check = check(name, version, false);
        if (query.names().isEmpty() && check.schema().path("required").isEmpty()) {
            return query; // nearly all requests; to find nothing wrong with nothing would take 5 µs
        }
        ObjectNode values = JsonNodeFactory.instance.objectNode();
        query.asMap().forEach((parameter, each) -> {
            ArrayNode list = values.putArray(parameter);
            each.forEach(list::add);
        });
        Optional<SchemaFailure> failure = check.firstFailure(values);
        if (failure.isPresent()) {
            throw HttpError.QUERY_INVALID.with(failure.get().queryDetail());
        }
        Map<String, List<String>> named = new LinkedHashMap<>(query.asMap());
        return named.keySet().removeIf(parameter -> !UnknownKeys.names(check.schema(), parameter))
                ? Query.of(named)
                : query;
    }

    /**
     * The plain JSON Schema of a file at a version: no marks, no references. The API's document is written from it.
     *
     * @param name file name without ending
     */
    public JsonNode at(String name, Microversion version) {
        return files.at(name, version, false);
    }

    /** The versions at which a file changes, ascending: each is the first version of a new form. */
    public List<Microversion> breakpoints(String name) {
        return List.copyOf(breakpointsOf(name));
    }

    private static JsonNode orNull(JsonNode body) {
        return body.isMissingNode() ? NullNode.getInstance() : body;
    }

    private static void refuse(Optional<SchemaFailure> failure) {
        if (failure.isPresent()) {
            throw HttpError.BODY_INVALID.with(failure.get().bodyDetail());
        }
    }

    private SchemaCheck check(String name, Microversion version, boolean legacy) {
        Microversion start =
                Optional.ofNullable(breakpointsOf(name).floor(version)).orElse(Microversion.NONE);
        Span span = new Span(name, start, legacy);
        SchemaCheck known = compiled.get(span);
        if (known != null) {
            return known;
        }
        return compiled.computeIfAbsent(span, key -> SchemaCheck.compile(files.at(name, version, legacy)));
    }

    private NavigableSet<Microversion> breakpointsOf(String name) {
        NavigableSet<Microversion> known = breakpoints.get(name);
        return known != null ? known : breakpoints.computeIfAbsent(name, files::breakpoints);
    }
}
