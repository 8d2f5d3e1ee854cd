package io.kilonova.scheduling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The weights of the hosts that passed: one array of doubles a weigher, so that 1,000 hosts cost about 10 µs a weigher. */
final class Weighing {
    private static final double[] NONE = {};

    private final List<String> names = new ArrayList<>();
    private final List<double[]> columns = new ArrayList<>();
    private final double[] sums;

    private Weighing(int hosts) {
        this.sums = new double[hosts];
    }

    static Weighing of(
            List<Host> hosts, PlacementRequest request, List<HostWeigher> weighers, SchedulerOptions options) {
        Weighing weighing = new Weighing(hosts.size());
        BitSet overriding = overriding(hosts);
        for (HostWeigher weigher : weighers) {
            double standard = options.weightMultipliers().getOrDefault(weigher.option(), weigher.defaultMultiplier());
            double[] multipliers = overriding.isEmpty() ? NONE : multipliers(hosts, overriding, weigher, standard);
            if (multipliers.length == 0 && standard == 0) {
                continue;
            }
            weigher.preparation()
                    .prepare(request)
                    .ifPresent(raw -> weighing.add(hosts, weigher, raw, standard, multipliers));
        }
        return weighing;
    }

    double sum(int place) {
        return sums[place];
    }

    Map<String, Double> weights(int place) {
        Map<String, Double> weights = new LinkedHashMap<>();
        for (int column = 0; column < names.size(); column++) {
            weights.put(names.get(column), columns.get(column)[place]);
        }
        return weights;
    }

    private void add(
            List<Host> hosts, HostWeigher weigher, ToDoubleFunction<Host> raw, double standard, double[] multipliers) {
        double[] column = new double[hosts.size()];
        double least = weigher.fromZero() ? 0 : Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int place = 0; place < column.length; place++) {
            double value = raw.applyAsDouble(hosts.get(place));
            column[place] = value;
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        double span = most - least;
        for (int place = 0; place < column.length; place++) {
            double multiplier = multipliers.length == 0 ? standard : multipliers[place];
            column[place] = span > 0 ? weigher.sign() * multiplier * (column[place] - least) / span : 0;
            sums[place] += column[place];
        }
        names.add(weigher.name());
        columns.add(column);
    }

    /** The hosts whose aggregates may override a multiplier: none in most clouds, and then nothing further is asked. */
    private static BitSet overriding(List<Host> hosts) {
        BitSet overriding = new BitSet();
        for (int place = 0; place < hosts.size(); place++) {
            for (HostAggregate aggregate : hosts.get(place).aggregates()) {
                for (String key : aggregate.metadata().keySet()) {
                    if (key.endsWith("weight_multiplier")) {
                        overriding.set(place);
                    }
                }
            }
        }
        return overriding;
    }

    /** The multiplier of each host; an empty array when no aggregate overrides it, which is the rule. */
    private static double[] multipliers(List<Host> hosts, BitSet overriding, HostWeigher weigher, double standard) {
        double[] multipliers = NONE;
        for (int place = 0; place < hosts.size(); place++) {
            Host host = hosts.get(place);
            if (!overriding.get(place)) {
                continue;
            }
            double smallest = Double.POSITIVE_INFINITY;
            for (String value : host.aggregateValues(weigher.option())) {
                if (value.matches("-?[0-9]{1,12}(\\.[0-9]{1,12})?")) {
                    smallest = Math.min(smallest, Double.parseDouble(value));
                }
            }
            if (smallest != Double.POSITIVE_INFINITY) {
                if (multipliers.length == 0) {
                    multipliers = new double[hosts.size()];
                    Arrays.fill(multipliers, standard);
                }
                multipliers[place] = smallest;
            }
        }
        return multipliers;
    }
}
