package io.kilonova.scheduling;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Prints what a decision costs one thread, from 100 to 100,000 hosts: processor time, which other load on the machine does not
 * stretch, as mean, median and slowest hundredth.
 */
public final class DecisionBenchmark {
    private static final int WARM_UP = 4_000;
    private static final int MEASURED = 10_000;

    private DecisionBenchmark() {}

    /** Runs it: {@code java -cp target/classes:target/test-classes:... io.kilonova.scheduling.DecisionBenchmark}. */
    public static void main(String[] arguments) {
        for (int hosts : List.of(100, 1_000, 10_000, 100_000)) {
            for (boolean zoned : List.of(false, true)) {
                measure(hosts, zoned);
            }
        }
    }

    private static void measure(int hosts, boolean zoned) {
        Scheduler scheduler = new Scheduler(SchedulerOptions.defaults());
        HostAggregate east = new HostAggregate("a", "east", Map.of("availability_zone", "east"));
        List<Host> all = Fleet.hosts(hosts);
        HostView empty = HostView.of(
                zoned
                        ? all.stream()
                                .map(host -> host.withAggregates("east", List.of(east)))
                                .toList()
                        : all);
        PlacementRequest small = PlacementRequest.of("p", 1, 512, 1, new FlavorRequirements("m1.tiny", Map.of()));
        PlacementRequest request = zoned ? small.withDestination(Destination.inZone("east")) : small;
        SplittableRandom random = new SplittableRandom(1);
        HostView view = empty;
        long[] nanos = new long[MEASURED];
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long began = 0;
        for (int round = 0; round < WARM_UP + MEASURED; round++) {
            if (round == WARM_UP) {
                began = threads.getCurrentThreadCpuTime();
            }
            long start = threads.getCurrentThreadCpuTime();
            Decision decision = scheduler.decide(view, request, random);
            view = decision.complete()
                    ? view.claiming(decision.single().chosen().host(), request.resources())
                    : empty;
            if (round >= WARM_UP) {
                nanos[round - WARM_UP] = threads.getCurrentThreadCpuTime() - start;
            }
        }
        double seconds = (threads.getCurrentThreadCpuTime() - began) / 1e9;
        Arrays.sort(nanos);
        System.out.printf(
                "%6d hosts%s: %6.1f µs of processor, %8.0f decisions/s, p50 %6.0f µs, p99 %6.0f µs%n",
                hosts,
                zoned ? " in a zone" : "",
                seconds / MEASURED * 1e6,
                MEASURED / seconds,
                nanos[MEASURED / 2] / 1e3,
                nanos[MEASURED * 99 / 100] / 1e3);
    }
}
