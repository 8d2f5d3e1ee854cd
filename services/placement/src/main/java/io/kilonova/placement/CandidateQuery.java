package io.kilonova.placement;

import io.kilonova.http.Request;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.DSLContext;

/**
 * The query of {@code GET /allocation_candidates}.
 *
 * @param groups what is asked for, by suffix; the unnamed group has the empty suffix
 * @param isolate whether the named groups must have a provider each ({@code group_policy=isolate})
 * @param requiredOfRoot traits that the root of the tree must have (1.35)
 * @param forbiddenOfRoot traits that it must not have
 * @param sameSubtree sets of suffixes whose providers must share an ancestor among them (1.36)
 * @param limit how many candidates are told at most (1.16)
 */
record CandidateQuery(
        Map<String, ProviderQuery> groups,
        boolean isolate,
        Set<String> requiredOfRoot,
        Set<String> forbiddenOfRoot,
        List<Set<String>> sameSubtree,
        int limit) {
    private static final Pattern GROUPED =
            Pattern.compile("(resources|required|member_of|in_tree)([a-zA-Z0-9_-]{0,64})");
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]*");
    private static final int MAXIMUM_GROUPS = 32;

    static CandidateQuery read(Request request) {
        Map<String, ProviderQuery> groups = new TreeMap<>();
        for (String name : request.query().names()) {
            suffix(request, name)
                    .ifPresent(suffix -> groups.computeIfAbsent(suffix, key -> ProviderQuery.read(request, key)));
        }
        if (groups.size() > MAXIMUM_GROUPS) {
            throw PlacementError.QUERYPARAM_BAD_VALUE.with("there may be %d groups at most".formatted(MAXIMUM_GROUPS));
        }
        List<Set<String>> subtrees = request.query().all("same_subtree").stream()
                .map(value -> Set.copyOf(new TreeSet<>(Wire.commaSeparated(value))))
                .toList();
        checkGroups(request, groups, subtrees);
        Set<String> required = new TreeSet<>();
        Set<String> forbidden = new TreeSet<>();
        Wire.single(request, "root_required")
                .ifPresent(value -> Wire.commaSeparated(value).forEach(word -> {
                    if (word.startsWith("!")) {
                        forbidden.add(word.substring(1));
                    } else {
                        required.add(word);
                    }
                }));
        boolean isolate =
                Wire.single(request, "group_policy").filter("isolate"::equals).isPresent();
        int limit = Wire.single(request, "limit").map(CandidateQuery::limit).orElse(Integer.MAX_VALUE);
        return new CandidateQuery(groups, isolate, required, forbidden, subtrees, limit);
    }

    /** Whether any group asks for a class. */
    boolean asks(String resourceClass) {
        return groups.values().stream().anyMatch(group -> group.resources().containsKey(resourceClass));
    }

    ProviderQuery empty() {
        return new ProviderQuery(Map.of(), List.of(), Set.of(), List.of(), Set.of(), Optional.empty());
    }

    void check(DSLContext sql) {
        groups.values().forEach(group -> group.check(sql));
        Traits.requireKnown(sql, requiredOfRoot);
        Traits.requireKnown(sql, forbiddenOfRoot);
    }

    /** The suffix that a parameter's name ends with, when it is one of a group; other names are checked against the version. */
    private static Optional<String> suffix(Request request, String name) {
        Map<String, Integer> plain = Map.of("limit", 16, "group_policy", 25, "root_required", 35, "same_subtree", 36);
        Integer since = plain.get(name);
        Matcher matcher = GROUPED.matcher(name);
        if (since != null && request.version().atLeast(1, since)) {
            return Optional.empty();
        }
        if (since != null || !matcher.matches() || !allowed(request, matcher.group(1), matcher.group(2))) {
            throw PlacementError.QUERYPARAM_BAD_VALUE.with(
                    "Additional properties are not allowed ('%s' was unexpected)".formatted(Wire.cut(name)));
        }
        return Optional.of(matcher.group(2));
    }

    private static boolean allowed(Request request, String kind, String suffix) {
        int since = switch (kind) {
            case "resources" -> 10;
            case "required" -> 17;
            case "member_of" -> 21;
            default -> 31;
        };
        if (request.version().before(1, since)) {
            return false;
        }
        if (suffix.isEmpty()) {
            return true;
        }
        return request.version().atLeast(1, 33)
                || (request.version().atLeast(1, 25) && NUMBER.matcher(suffix).matches());
    }

    private static void checkGroups(Request request, Map<String, ProviderQuery> groups, List<Set<String>> subtrees) {
        if (groups.values().stream().allMatch(group -> group.resources().isEmpty())) {
            throw PlacementError.QUERYPARAM_BAD_VALUE.with("'resources' is a required property");
        }
        groups.forEach((suffix, group) -> {
            boolean inSubtree = subtrees.stream().anyMatch(subtree -> subtree.contains(suffix));
            if (group.resources().isEmpty() && !inSubtree) {
                throw PlacementError.QUERYPARAM_BAD_VALUE.with("group '%s' asks for no resources".formatted(suffix));
            }
        });
        long named =
                groups.keySet().stream().filter(suffix -> !suffix.isEmpty()).count();
        Optional<String> policy = Wire.single(request, "group_policy");
        if (named > 1 && policy.isEmpty()) {
            throw PlacementError.QUERYPARAM_BAD_VALUE.with(
                    "group_policy is needed when there is more than one group with a suffix");
        }
        if (policy.isPresent() && !Set.of("none", "isolate").contains(policy.get())) {
            throw PlacementError.QUERYPARAM_BAD_VALUE.with("group_policy must be none or isolate");
        }
        subtrees.forEach(subtree -> subtree.forEach(suffix -> {
            if (!groups.containsKey(suffix)) {
                throw PlacementError.QUERYPARAM_BAD_VALUE.with("same_subtree names a group that is not there");
            }
        }));
    }

    private static int limit(String text) {
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw PlacementError.QUERYPARAM_BAD_VALUE.with("limit must be a whole number from 1");
        }
        return Integer.parseInt(text);
    }
}
