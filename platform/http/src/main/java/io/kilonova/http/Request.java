package io.kilonova.http;

import io.kilonova.access.AccessError;
import io.kilonova.access.Caller;
import io.kilonova.access.Policy;
import io.kilonova.access.PolicyRules;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** A request that passed its route's checks. */
public final class Request {
    private final Exchange exchange;
    private final Map<String, String> pathVariables;
    private final Query query;
    private final JsonNode body;
    private final InputStream stream;

    /**
     * What holds for a request before its route is known.
     *
     * @param method upper case
     * @param id {@code req-} and a UUID
     * @param version the microversion agreed on
     * @param caller the token's owner
     * @param rules who may do what
     * @param baseUrl of the service, without a slash at its end, for example {@code http://127.0.0.1:8774} or {@code http://127.0.0.1:8088/compute}
     * @param root the version folder, for example {@code /v2.1}
     * @param rawQuery what stands behind the question mark
     * @param headers by name
     */
    record Exchange(
            String method,
            String id,
            Microversion version,
            Optional<Caller> caller,
            PolicyRules rules,
            String baseUrl,
            String root,
            Optional<String> rawQuery,
            HeaderSource headers) {}

    /** Where headers come from. */
    interface HeaderSource {
        Optional<String> first(String name);
    }

    Request(Exchange exchange, Map<String, String> pathVariables, Query query, JsonNode body, InputStream stream) {
        this.exchange = exchange;
        this.pathVariables = pathVariables;
        this.query = query;
        this.body = body;
        this.stream = stream;
    }

    /** The HTTP method, upper case. */
    public String method() {
        return exchange.method();
    }

    /** The request's id, {@code req-} and a UUID; stands in every answer and log line. */
    public String id() {
        return exchange.id();
    }

    /** The microversion agreed on. */
    public Microversion version() {
        return exchange.version();
    }

    /** The owner of the request's token. */
    public Caller caller() {
        return exchange.caller().orElseThrow(AccessError.AUTHENTICATION_NEEDED::with);
    }

    /** The owner of the request's token, where a route may be called without one. */
    public Optional<Caller> callerIfKnown() {
        return exchange.caller();
    }

    /** A variable of the route's path, decoded. */
    public String path(String variable) {
        String value = pathVariables.get(variable);
        if (value == null) {
            throw new IllegalArgumentException("the route has no variable {" + variable + "}");
        }
        return value;
    }

    /** The query, checked and narrowed by the route's schema. */
    public Query query() {
        return query;
    }

    /** The body; a {@link MissingNode} when none was sent. */
    public JsonNode body() {
        return body;
    }

    /** The body's bytes, for routes that take a stream. */
    public InputStream stream() {
        return stream;
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return exchange.headers().first(name);
    }

    /** The service's address without a slash at its end, as the caller reached it. */
    public String baseUrl() {
        return exchange.baseUrl();
    }

    /** The address of the service's version folder, for links: {@code http://127.0.0.1:8088/compute/v2.1}. */
    public String versionUrl() {
        return exchange.baseUrl() + exchange.root();
    }

    /** What stood behind the question mark, for links to the next page. */
    public Optional<String> rawQuery() {
        return exchange.rawQuery();
    }

    /** Whether the caller may do something, to their own or to the target's attributes. */
    public boolean allows(Policy policy, Map<String, String> target) {
        return exchange.rules().allows(policy, caller(), withOwn(caller(), target));
    }

    /** Whether the caller may do something to what is their own. */
    public boolean allows(Policy policy) {
        return allows(policy, Map.of());
    }

    /**
     * Refuses what the caller may not do.
     *
     * @throws io.kilonova.errors.ServiceException {@link AccessError#FORBIDDEN}
     */
    public void enforce(Policy policy, Map<String, String> target) {
        exchange.rules().enforce(policy, caller(), withOwn(caller(), target));
    }

    static Map<String, String> withOwn(Caller caller, Map<String, String> target) {
        Map<String, String> all = new HashMap<>();
        all.put("user_id", caller.userId());
        caller.projectId().ifPresent(project -> {
            all.put("project_id", project);
            all.put("tenant_id", project);
        });
        all.putAll(target);
        return all;
    }
}
