package io.kilonova.placement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds providers for every group of a query within one tree. Combinations are tried one by one and the limit ends the
 * search, not a cut afterwards: what eight children and six groups could make is never built. All resources of a group come from
 * one provider; resources that others share through aggregates are not combined.
 */
final class AllocationCandidates {
    /** When the caller sets no limit. */
    private static final int MAXIMUM = 1_000;

    private static final int MAXIMUM_STEPS = 200_000;

    private final CandidateQuery query;
    private final List<String> suffixes;
    private final List<Candidate> found = new ArrayList<>();
    private final int limit;
    private int steps;

    private AllocationCandidates(CandidateQuery query) {
        this.query = query;
        this.suffixes = List.copyOf(query.groups().keySet());
        this.limit = Math.min(query.limit(), MAXIMUM);
    }

    /**
     * A provider for each group.
     *
     * @param byGroup by the group's suffix
     */
    record Candidate(Map<String, ProviderSnapshot> byGroup) {}

    static List<Candidate> find(List<ProviderSnapshot> providers, CandidateQuery query) {
        AllocationCandidates search = new AllocationCandidates(query);
        Map<String, List<ProviderSnapshot>> trees = new TreeMap<>();
        providers.forEach(snapshot -> trees.computeIfAbsent(snapshot.provider().rootUuid(), root -> new ArrayList<>())
                .add(snapshot));
        for (Map.Entry<String, List<ProviderSnapshot>> tree : trees.entrySet()) {
            if (search.rootPasses(tree.getKey(), tree.getValue())) {
                search.extend(new Tree(tree.getValue()), new LinkedHashMap<>(), 0);
            }
        }
        return search.found;
    }

    private boolean rootPasses(String root, List<ProviderSnapshot> tree) {
        for (ProviderSnapshot snapshot : tree) {
            if (snapshot.provider().uuid().equals(root)) {
                return snapshot.traits().containsAll(query.requiredOfRoot())
                        && query.forbiddenOfRoot().stream().noneMatch(snapshot.traits()::contains);
            }
        }
        return false;
    }

    private void extend(Tree tree, Map<String, ProviderSnapshot> chosen, int depth) {
        steps++;
        if (found.size() >= limit || steps > MAXIMUM_STEPS) {
            return;
        }
        if (depth == suffixes.size()) {
            if (query.sameSubtree().stream().allMatch(subtree -> tree.shareAncestor(subtree, chosen))
                    && fitsTogether(chosen)) {
                found.add(new Candidate(new LinkedHashMap<>(chosen)));
            }
            return;
        }
        String suffix = suffixes.get(depth);
        ProviderQuery group = query.groups().getOrDefault(suffix, query.empty());
        for (ProviderSnapshot provider : tree.providers()) {
            boolean taken = query.isolate()
                    && !suffix.isEmpty()
                    && chosen.entrySet().stream()
                            .anyMatch(entry -> !entry.getKey().isEmpty() && entry.getValue() == provider);
            if (!taken && tree.holds(group) && group.metBy(provider)) {
                chosen.put(suffix, provider);
                extend(tree, chosen, depth + 1);
                chosen.remove(suffix);
            }
        }
    }

    /** Two groups on one provider need their sum. */
    private boolean fitsTogether(Map<String, ProviderSnapshot> chosen) {
        Map<ProviderSnapshot, Map<String, Long>> sums = new HashMap<>();
        chosen.forEach((suffix, provider) -> query.groups()
                .getOrDefault(suffix, query.empty())
                .resources()
                .forEach((name, amount) ->
                        sums.computeIfAbsent(provider, key -> new TreeMap<>()).merge(name, amount, Long::sum)));
        for (Map.Entry<ProviderSnapshot, Map<String, Long>> sum : sums.entrySet()) {
            for (Map.Entry<String, Long> amount : sum.getValue().entrySet()) {
                InventoryUsage inventory = sum.getKey().inventories().get(amount.getKey());
                if (inventory == null || !inventory.grants(amount.getValue())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The providers of one tree. */
    private record Tree(List<ProviderSnapshot> providers) {
        /** Whether the group may look in this tree ({@code in_tree}). */
        boolean holds(ProviderQuery group) {
            return group.inTree()
                    .map(uuid -> providers.stream()
                            .anyMatch(snapshot -> snapshot.provider().uuid().equals(uuid)))
                    .orElse(true);
        }

        /** Whether one of the chosen providers is the ancestor of all of them, or is each of them. */
        boolean shareAncestor(Set<String> subtree, Map<String, ProviderSnapshot> chosen) {
            List<ProviderSnapshot> members = subtree.stream()
                    .map(chosen::get)
                    .filter(java.util.Objects::nonNull)
                    .toList();
            return members.stream().anyMatch(top -> members.stream().allMatch(member -> isBelow(member, top)));
        }

        private boolean isBelow(ProviderSnapshot member, ProviderSnapshot top) {
            String current = member.provider().uuid();
            for (int height = 0; height <= providers.size(); height++) {
                if (current.equals(top.provider().uuid())) {
                    return true;
                }
                String below = current;
                java.util.Optional<String> parent = providers.stream()
                        .filter(snapshot -> snapshot.provider().uuid().equals(below))
                        .findFirst()
                        .flatMap(snapshot -> snapshot.provider().parentUuid());
                if (parent.isEmpty()) {
                    return false;
                }
                current = parent.get();
            }
            return false;
        }
    }
}
