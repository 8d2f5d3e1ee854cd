package io.kilonova.scheduling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The weights of the hosts that passed: one array of doubles a weigher, so that 1,000 hosts cost about 10 µs a weigher. */
final class Weighing {
    private static final double[] NONE = {};

    private final List<String> names = new ArrayList<>();
    private final List<double[]> columns = new ArrayList<>();
    private final double[] sums;

    /** Some hosts of a view by their positions. */
    record Hosts(HostView view, int[] positions) {
        int size() {
            return positions.length;
        }

        Host get(int place) {
            return view.at(positions[place]);
        }

        double weight(HostWeigher.RawWeight raw, int place) {
            int position = positions[place];
            return raw.of(view.chunk(position), position % HostView.CHUNK);
        }

        /** Those whose aggregates may override a multiplier: none in most clouds, and then nothing further is asked. */
        BitSet overriding() {
            BitSet overriding = new BitSet();
            for (int place = 0; place < positions.length; place++) {
                if (view.chunk(positions[place]).overriding[positions[place] % HostView.CHUNK]) {
                    overriding.set(place);
                }
            }
            return overriding;
        }
    }

    private Weighing(int hosts) {
        this.sums = new double[hosts];
    }

    static Weighing of(Hosts hosts, PlacementRequest request, List<HostWeigher> weighers, SchedulerOptions options) {
        Weighing weighing = new Weighing(hosts.size());
        BitSet overriding = hosts.overriding();
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
            Hosts hosts, HostWeigher weigher, HostWeigher.RawWeight raw, double standard, double[] multipliers) {
        double[] column = new double[hosts.size()];
        double least = weigher.fromZero() ? 0 : Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int place = 0; place < column.length; place++) {
            double value = hosts.weight(raw, place);
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

    /** The multiplier of each host; an empty array when no aggregate overrides it, which is the rule. */
    private static double[] multipliers(Hosts hosts, BitSet overriding, HostWeigher weigher, double standard) {
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
