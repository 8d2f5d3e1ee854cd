package io.kilonova.http;

import io.kilonova.access.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes the lines of a {@link RouteTable}. A line that names no policy does not compile: {@link PolicyStep} offers nothing
 * else.
 *
 * <pre>{@code
 * routes.get("/servers").policy(SERVERS_INDEX).query("servers/list").to(servers::list);
 * routes.post("/servers").policy(SERVERS_CREATE).body("servers/create").answers(ACCEPTED).to(servers::create);
 * }</pre>
 */
public final class Routes {
    private static final int DEEPEST_UNBUILT = 3;

    private final List<Route> declared = new ArrayList<>();

    Routes() {}

    /** Every route of some tables, in their order. */
    static List<Route> of(List<RouteTable> tables) {
        Routes routes = new Routes();
        tables.forEach(table -> table.declare(routes));
        return List.copyOf(routes.declared);
    }

    /** A route that reads. */
    public PolicyStep get(String path) {
        return new PolicyStep("GET", path, Optional.empty());
    }

    /** A route that makes something or does something. */
    public PolicyStep post(String path) {
        return new PolicyStep("POST", path, Optional.empty());
    }

    /** A route that replaces. */
    public PolicyStep put(String path) {
        return new PolicyStep("PUT", path, Optional.empty());
    }

    /** A route that changes a part. */
    public PolicyStep patch(String path) {
        return new PolicyStep("PATCH", path, Optional.empty());
    }

    /** A route that removes. */
    public PolicyStep delete(String path) {
        return new PolicyStep("DELETE", path, Optional.empty());
    }

    /** A route that tells only the headers; a GET route answers HEAD by itself. */
    public PolicyStep head(String path) {
        return new PolicyStep("HEAD", path, Optional.empty());
    }

    /** Every verb of a path, and of what is below it: says 501 and what is missing. */
    public void unbuilt(String path, Policy policy, String what) {
        Handler refuses = request -> {
            throw HttpError.NOT_BUILT.with(what);
        };
        String each = path;
        for (int depth = 0; depth <= DEEPEST_UNBUILT; depth++) {
            for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
                new PolicyStep(method, each, Optional.empty()).policy(policy).to(refuses);
            }
            each += "/{unbuilt_" + depth + "}";
        }
    }

    /** Routes that share one path and are told apart by the one key of their body. */
    public Actions actions(String path) {
        return new Actions(path);
    }

    /** The actions of one resource. */
    public final class Actions {
        private final String path;

        private Actions(String path) {
            this.path = path;
        }

        /** The action of this key, for example {@code os-start}. */
        public PolicyStep action(String key) {
            return new PolicyStep("POST", path, Optional.of(key));
        }
    }

    /** The place where a route says who may call it. */
    public final class PolicyStep {
        private final String method;
        private final String path;
        private final Optional<String> action;

        private PolicyStep(String method, String path, Optional<String> action) {
            this.method = method;
            this.path = path;
            this.action = action;
        }

        /** Callers that the policy allows. */
        public RouteStep policy(Policy policy) {
            return new RouteStep(this, new Route.Access.Checked(policy));
        }

        /** Anyone, without a token: version documents, and what gives tokens out. */
        public RouteStep unauthenticated() {
            return new RouteStep(this, new Route.Access.Public());
        }
    }

    /** The place where a route says the rest. */
    public final class RouteStep {
        private final PolicyStep start;
        private final Route.Access access;
        private final Map<String, String> targets = new HashMap<>();
        private Optional<String> query = Optional.empty();
        private Route.BodyKind body;
        private int status = Statuses.OK;
        private Optional<Microversion> since = Optional.empty();
        private Optional<Microversion> until = Optional.empty();

        private RouteStep(PolicyStep start, Route.Access access) {
            this.start = start;
            this.access = access;
            this.body = start.action.isPresent() ? new Route.BodyKind.AnyJson() : new Route.BodyKind.Ignored();
        }

        /** The policy's target has {@code attribute} from the path's {@code variable} instead of the caller's own. */
        public RouteStep target(String attribute, String variable) {
            targets.put(attribute, variable);
            return this;
        }

        /** The query is checked against this schema; without it any query passes. */
        public RouteStep query(String schema) {
            query = Optional.of(schema);
            return this;
        }

        /** The body is JSON and is checked against this schema. */
        public RouteStep body(String schema) {
            body = new Route.BodyKind.Json(schema);
            return this;
        }

        /** The body is JSON that the handler reads by its own rules. */
        public RouteStep anyBody() {
            body = new Route.BodyKind.AnyJson();
            return this;
        }

        /** The body is bytes that the handler reads as a stream, of any length. */
        public RouteStep bytes() {
            body = new Route.BodyKind.Bytes();
            return this;
        }

        /** The status of a success; 200 unless said. */
        public RouteStep answers(int code) {
            status = code;
            return this;
        }

        /** The first microversion that has the route. */
        public RouteStep since(int major, int minor) {
            since = Optional.of(new Microversion(major, minor));
            return this;
        }

        /** The last microversion that has the route. */
        public RouteStep until(int major, int minor) {
            until = Optional.of(new Microversion(major, minor));
            return this;
        }

        /** Who answers. Ends the line. */
        public void to(Handler handler) {
            declared.add(new Route(
                    start.method,
                    start.path,
                    start.action,
                    access,
                    Map.copyOf(targets),
                    query,
                    body,
                    status,
                    since,
                    until,
                    handler));
        }
    }
}
