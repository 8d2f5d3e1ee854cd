package io.kilonova.scheduling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * One walk over the hosts for one server. Capacity first, from the view's columns (about 2 ns a host), then every other check on
 * the hosts that have room, until enough have passed. A walk that finds nobody has seen every host, so its counts are exact.
 */
final class Survey {
    private static final int EXAMPLES = 3;
    private static final Set<String> COLUMNED = Set.of(HostView.VCPU, HostView.MEMORY_MB, HostView.DISK_GB);
    private static final long NOT_ASKED = Long.MIN_VALUE;

    private final PlacementRequest request;
    private final List<RequestFilters.NamedCheck> checks;
    private final HostCheck[] tests;
    private final int[] rejected;
    private final List<List<Stage.Rejection>> examples = new ArrayList<>();
    private final List<Dimension> dimensions = new ArrayList<>();
    private final boolean ordinary;
    private int[] passed = new int[64];
    private int passedCount;
    private final List<Stage.Rejection> capacityExamples = new ArrayList<>();
    private int considered;
    private int withoutCapacity;

    Survey(PlacementRequest request, List<RequestFilters.NamedCheck> checks) {
        this.request = request;
        this.checks = checks;
        this.tests = checks.stream().map(RequestFilters.NamedCheck::check).toArray(HostCheck[]::new);
        this.rejected = new int[tests.length];
        checks.forEach(check -> examples.add(new ArrayList<>()));
        request.resources().forEach((resourceClass, amount) -> dimensions.add(new Dimension(resourceClass, amount)));
        this.ordinary = COLUMNED.containsAll(request.resources().keySet());
    }

    /** Walks from {@code start} around the view until {@code enough} hosts have passed. */
    void walk(HostView view, int start, int enough) {
        long virtualCpus = threshold(HostView.VCPU);
        long memoryMebibytes = threshold(HostView.MEMORY_MB);
        long diskGibibytes = threshold(HostView.DISK_GB);
        int size = view.size();
        int position = start;
        for (int seen = 0; seen < size && passedCount < enough; seen++) {
            HostChunk chunk = view.chunk(position);
            int place = position % HostView.CHUNK;
            considered++;
            if (chunk.virtualCpus[place] < virtualCpus
                    | chunk.memoryMebibytes[place] < memoryMebibytes
                    | chunk.diskGibibytes[place] < diskGibibytes) {
                lacks(chunk.hosts[place]);
            } else {
                visit(chunk.hosts[place], position, ordinary && chunk.plain[place]);
            }
            position = position + 1 == size ? 0 : position + 1;
        }
        if (passedCount == 0) {
            measure(view);
        }
    }

    /** Looks at one host only: a request that names its host. */
    void lookAt(HostView view, int position) {
        Host host = view.at(position);
        considered++;
        visit(host, position, false);
        if (passedCount == 0) {
            dimensions.forEach(dimension -> dimension.measure(host));
        }
    }

    /** Where the hosts that passed stand in the view. */
    int[] passed() {
        return Arrays.copyOf(passed, passedCount);
    }

    int considered() {
        return considered;
    }

    List<Stage> stages() {
        List<Stage> stages = new ArrayList<>(checks.size() + 1);
        int hostsIn = considered;
        stages.add(new Stage("capacity", hostsIn, withoutCapacity, capacityExamples));
        hostsIn -= withoutCapacity;
        for (int place = 0; place < tests.length; place++) {
            stages.add(new Stage(checks.get(place).name(), hostsIn, rejected[place], examples.get(place)));
            hostsIn -= rejected[place];
        }
        return stages;
    }

    /** How each dimension stood; counted only when nobody passed, for it costs a second walk. */
    List<Shortage> shortages() {
        return passedCount == 0 ? dimensions.stream().map(Dimension::told).toList() : List.of();
    }

    private void visit(Host host, int position, boolean granted) {
        if (!granted && !grantsAll(host)) {
            lacks(host);
            return;
        }
        for (int place = 0; place < tests.length; place++) {
            if (!tests[place].passes(host)) {
                rejected[place]++;
                if (examples.get(place).size() < EXAMPLES) {
                    examples.get(place).add(new Stage.Rejection(host.name(), tests[place].reason(host)));
                }
                return;
            }
        }
        if (passedCount == passed.length) {
            passed = Arrays.copyOf(passed, passedCount * 2);
        }
        passed[passedCount++] = position;
    }

    private void lacks(Host host) {
        withoutCapacity++;
        if (capacityExamples.size() < EXAMPLES) {
            capacityExamples.add(new Stage.Rejection(host.name(), lack(host, request)));
        }
    }

    /** Amounts that the columns do not show: units and steps of the three classes, and every other class. */
    private boolean grantsAll(Host host) {
        for (Dimension dimension : dimensions) {
            Capacity capacity = host.capacities().get(dimension.resourceClass);
            if (capacity == null || !capacity.grants(dimension.asked)) {
                return false;
            }
        }
        return true;
    }

    /** What a host lacks, for operators; empty when it lacks nothing. */
    static String lack(Host host, PlacementRequest request) {
        StringBuilder text = new StringBuilder();
        request.resources().forEach((resourceClass, amount) -> {
            Capacity capacity = host.capacities().get(resourceClass);
            if (capacity == null || !capacity.grants(amount)) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(resourceClass)
                        .append(": ")
                        .append(amount)
                        .append(" asked, ")
                        .append(capacity == null ? 0 : Math.max(0, capacity.largestGrant()))
                        .append(" can be given");
            }
        });
        return text.toString();
    }

    private long threshold(String resourceClass) {
        long amount = request.amount(resourceClass);
        return amount == 0 ? NOT_ASKED : amount;
    }

    private void measure(HostView view) {
        for (int position = 0; position < view.size(); position++) {
            Host host = view.at(position);
            for (Dimension dimension : dimensions) {
                dimension.measure(host);
            }
        }
    }

    /** One resource class of the request, counted over hosts. */
    private static final class Dimension {
        private final String resourceClass;
        private final long asked;
        private int hostsWithout;
        private long largestFree;

        Dimension(String resourceClass, long asked) {
            this.resourceClass = resourceClass;
            this.asked = asked;
        }

        void measure(Host host) {
            Capacity capacity = host.capacities().get(resourceClass);
            if (capacity == null || !capacity.grants(asked)) {
                hostsWithout++;
            }
            if (capacity != null) {
                largestFree = Math.max(largestFree, capacity.largestGrant());
            }
        }

        Shortage told() {
            return new Shortage(resourceClass, asked, hostsWithout, largestFree);
        }
    }
}
