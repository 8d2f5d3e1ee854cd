package io.kilonova.placement;

import io.kilonova.http.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jooq.DSLContext;

/**
 * What a provider must have: amounts, traits and aggregates of a provider list or of one group of an allocation candidates query.
 *
 * @param resources amount by class
 * @param required each set asks for at least one of its traits (1.39); a plain {@code required=A,B} is two sets of one
 * @param forbidden traits that it must not have (1.22)
 * @param memberOf each set asks for membership in at least one of its aggregates (1.24)
 * @param notMemberOf aggregates that it must not belong to (1.32)
 * @param inTree a provider whose tree it must belong to (1.14, 1.31)
 */
record ProviderQuery(
        Map<String, Long> resources,
        List<Set<String>> required,
        Set<String> forbidden,
        List<Set<String>> memberOf,
        Set<String> notMemberOf,
        Optional<String> inTree) {

    /** Reads the parameters with a suffix, for example {@code resources1}; the suffix of the unnamed group is empty. */
    static ProviderQuery read(Request request, String suffix) {
        List<Set<String>> required = new ArrayList<>();
        Set<String> forbidden = new TreeSet<>();
        for (String value : request.query().all("required" + suffix)) {
            traits(request, value, required, forbidden);
        }
        List<Set<String>> memberOf = new ArrayList<>();
        Set<String> notMemberOf = new TreeSet<>();
        for (String value : request.query().all("member_of" + suffix)) {
            aggregates(request, value, memberOf, notMemberOf);
        }
        return new ProviderQuery(
                Wire.single(request, "resources" + suffix)
                        .map(ProviderQuery::resources)
                        .orElse(Map.of()),
                required,
                forbidden,
                memberOf,
                notMemberOf,
                Wire.single(request, "in_tree" + suffix).map(value -> uuid(value)));
    }

    /** Refuses classes and traits that nobody knows. */
    void check(DSLContext sql) {
        resources.keySet().forEach(name -> ResourceClasses.requireKnown(sql, name));
        required.forEach(choices -> Traits.requireKnown(sql, choices));
        Traits.requireKnown(sql, forbidden);
    }

    /** Whether a provider has it all by itself. */
    boolean metBy(ProviderSnapshot candidate) {
        for (Map.Entry<String, Long> asked : resources.entrySet()) {
            InventoryUsage inventory = candidate.inventories().get(asked.getKey());
            if (inventory == null || !inventory.grants(asked.getValue())) {
                return false;
            }
        }
        return required.stream().allMatch(choices -> choices.stream().anyMatch(candidate.traits()::contains))
                && forbidden.stream().noneMatch(candidate.traits()::contains)
                && memberOf.stream().allMatch(choices -> choices.stream().anyMatch(candidate.aggregates()::contains))
                && notMemberOf.stream().noneMatch(candidate.aggregates()::contains);
    }

    static Map<String, Long> resources(String text) {
        Map<String, Long> resources = new LinkedHashMap<>();
        for (String part : Wire.commaSeparated(text)) {
            String[] words = part.split(":", -1);
            if (words.length != 2 || !words[0].matches("[A-Z0-9_]{1,255}") || !words[1].matches("[1-9][0-9]{0,9}")) {
                throw PlacementError.QUERYPARAM_BAD_VALUE.with("resources must be like VCPU:2,MEMORY_MB:1024");
            }
            resources.put(words[0], Long.parseLong(words[1]));
        }
        if (resources.isEmpty()) {
            throw PlacementError.QUERYPARAM_BAD_VALUE.with("resources must be like VCPU:2,MEMORY_MB:1024");
        }
        return resources;
    }

    private static void traits(Request request, String value, List<Set<String>> required, Set<String> forbidden) {
        if (value.startsWith("in:")) {
            require(request, 39, "required=in:");
            required.add(Set.copyOf(new TreeSet<>(Wire.commaSeparated(value.substring(3)))));
            return;
        }
        for (String word : Wire.commaSeparated(value)) {
            if (word.startsWith("!")) {
                require(request, 22, "required=!");
                forbidden.add(word.substring(1));
            } else {
                required.add(Set.of(word));
            }
        }
    }

    private static void aggregates(Request request, String value, List<Set<String>> memberOf, Set<String> notMemberOf) {
        boolean negated = value.startsWith("!");
        String rest = negated ? value.substring(1) : value;
        List<String> uuids = rest.startsWith("in:") ? Wire.commaSeparated(rest.substring(3)) : List.of(rest);
        uuids.forEach(ProviderQuery::uuid);
        if (negated) {
            require(request, 32, "member_of=!");
            notMemberOf.addAll(uuids);
        } else {
            memberOf.add(Set.copyOf(new TreeSet<>(uuids)));
        }
    }

    private static void require(Request request, int minor, String what) {
        if (request.version().before(1, minor)) {
            throw PlacementError.QUERYPARAM_BAD_VALUE.with(what + " needs version 1." + minor);
        }
    }

    static String uuid(String value) {
        if (!value.matches("[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")) {
            throw PlacementError.QUERYPARAM_BAD_VALUE.with("'%s' is not a UUID".formatted(Wire.cut(value)));
        }
        return value;
    }
}
