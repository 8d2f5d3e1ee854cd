package io.kilonova.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Finds a route by path: a tree of segments, literal ones before variables. A look-up costs a hash per segment. */
final class Router {
    private final Node root = new Node();

    /** A segment of a path. */
    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private final List<Node> variables = new ArrayList<>(1);
        private final Map<String, List<Route>> byMethod = new HashMap<>();
    }

    /**
     * What a path leads to.
     *
     * @param byMethod the routes of the path, by method; none when the path is unknown
     * @param values the path's variable segments, in order
     */
    record Match(Map<String, List<Route>> byMethod, List<String> values) {
        /** Where a path leads that nothing answers. */
        static final Match NONE = new Match(Map.of(), List.of());

        boolean isKnown() {
            return !byMethod.isEmpty();
        }

        String allowedMethods() {
            return String.join(", ", new TreeSet<>(byMethod.keySet()));
        }
    }

    Router(List<Route> routes) {
        for (Route route : routes) {
            Node node = root;
            for (String segment : segments(route.path())) {
                if (segment.startsWith("{")) {
                    if (node.variables.isEmpty()) {
                        node.variables.add(new Node());
                    }
                    node = node.variables.getFirst();
                } else {
                    node = node.literals.computeIfAbsent(segment, key -> new Node());
                }
            }
            node.byMethod
                    .computeIfAbsent(route.method(), key -> new ArrayList<>(1))
                    .add(route);
        }
    }

    /** The routes of a path; {@code path} is below the version folder and its segments are decoded. */
    Match find(List<String> path) {
        List<String> values = new ArrayList<>(4);
        return descend(root, path, 0, values) instanceof Node found ? new Match(found.byMethod, values) : Match.NONE;
    }

    private static @org.jspecify.annotations.Nullable Node descend(
            Node node, List<String> path, int depth, List<String> values) {
        if (depth == path.size()) {
            return node.byMethod.isEmpty() ? null : node;
        }
        Node literal = node.literals.get(path.get(depth));
        if (literal != null) {
            Node found = descend(literal, path, depth + 1, values);
            if (found != null) {
                return found;
            }
        }
        for (Node variable : node.variables) {
            int mark = values.size();
            values.add(path.get(depth));
            Node found = descend(variable, path, depth + 1, values);
            if (found != null) {
                return found;
            }
            values.subList(mark, values.size()).clear();
        }
        return null;
    }

    static List<String> segments(String path) {
        List<String> segments = new ArrayList<>(6);
        int start = 0;
        while (start < path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            if (end > start) {
                segments.add(path.substring(start, end));
            }
            start = end + 1;
        }
        return segments;
    }

    /** A variable's value: the n-th variable of the route's path. */
    static Map<String, String> variables(Route route, List<String> values) {
        Map<String, String> result = new HashMap<>();
        int next = 0;
        for (String segment : segments(route.path())) {
            if (segment.startsWith("{")) {
                result.put(segment.substring(1, segment.length() - 1), values.get(next++));
            }
        }
        return result;
    }
}
