package io.kilonova.servers;

import io.kilonova.scheduling.Decision;
import io.kilonova.scheduling.Host;
import io.kilonova.scheduling.HostLoad;
import io.kilonova.scheduling.HostView;
import io.kilonova.scheduling.PlacementRequest;
import io.kilonova.scheduling.Scheduler;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * The scheduler's view of all hosts, kept in memory. A decision takes its room at once, so that the next one sees it; the
 * commit checks against the database, and whoever cannot commit gives the room back.
 */
final class HostLedger {
    private final Scheduler scheduler;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, LongAdder> rejections = new ConcurrentHashMap<>();
    private volatile HostView view = HostView.of(List.of());

    HostLedger(Scheduler scheduler, RandomGenerator random) {
        this.scheduler = scheduler;
        this.random = random;
    }

    /** Every host as it is now. */
    HostView view() {
        return view;
    }

    /** Decides, and takes the room of what was chosen. */
    Decision decide(PlacementRequest request) {
        lock.lock();
        try {
            Decision decision = scheduler.decide(view, request, random);
            decision.selections()
                    .forEach(selection -> view = view.claiming(
                            selection.chosen().host(), decision.request().resources()));
            count(decision);
            return decision;
        } finally {
            lock.unlock();
        }
    }

    private void count(Decision decision) {
        decision.stages().stream()
                .filter(stage -> stage.rejected() > 0)
                .forEach(stage -> rejections
                        .computeIfAbsent(stage.check(), name -> new LongAdder())
                        .add(stage.rejected()));
    }

    /** How many hosts each check has rejected since the start. */
    Map<String, Long> rejections() {
        Map<String, Long> sums = new HashMap<>();
        rejections.forEach((check, count) -> sums.put(check, count.sum()));
        return sums;
    }

    /** Gives back what a decision or an earlier server took on a host. */
    void release(String host, Map<String, Long> resources) {
        change(host, present -> {
            Map<String, Long> negative = new HashMap<>();
            resources.forEach((resource, amount) -> negative.put(resource, -amount));
            Host freed = present.claiming(negative);
            return freed.withLoad(new HostLoad(
                    Math.max(0, present.load().instances() - 1),
                    Math.max(0, present.load().ioOperations() - 1),
                    present.load().failedBuilds()));
        });
    }

    /** Says that the server which was last built on a host came up, or did not. */
    void built(String host, boolean successfully) {
        change(
                host,
                present -> present.withLoad(new HostLoad(
                        present.load().instances(),
                        Math.max(0, present.load().ioOperations() - 1),
                        successfully ? 0 : present.load().failedBuilds() + 1)));
    }

    /** Puts a host in, or replaces what was known of it. */
    void put(Host host) {
        lock.lock();
        try {
            view = view.with(host);
        } finally {
            lock.unlock();
        }
    }

    /** Takes in what the database says of hosts; what only this controller knows of them stays. */
    void renew(Collection<Host> stored) {
        lock.lock();
        try {
            view = view.with(stored.stream().map(this::withOwnLoad).toList());
        } finally {
            lock.unlock();
        }
    }

    private Host withOwnLoad(Host stored) {
        HostLoad load = view.find(stored.name()).map(Host::load).orElse(HostLoad.idle());
        return stored.withLoad(new HostLoad(stored.load().instances(), load.ioOperations(), load.failedBuilds()));
    }

    /** Takes a host out. */
    void remove(String host) {
        lock.lock();
        try {
            view = view.without(host);
        } finally {
            lock.unlock();
        }
    }

    /** Changes what is known of a host; nothing happens when it is unknown. */
    void change(String host, UnaryOperator<Host> change) {
        lock.lock();
        try {
            view.find(host).ifPresent(present -> view = view.with(change.apply(present)));
        } finally {
            lock.unlock();
        }
    }
}
