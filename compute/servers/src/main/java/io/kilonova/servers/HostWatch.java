package io.kilonova.servers;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.HostInventory;
import io.kilonova.spi.Hypervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches hosts: what they say they are, and what their guests do. */
final class HostWatch implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(HostWatch.class);

    /**
     * So many hosts are written down together: a transaction of some 50 ms. A start waits for a first look at so many, and
     * for more not: there what is stored of them is believed until they were looked at.
     */
    private static final int REFRESHED_TOGETHER = 50;

    /** So many servers are compared with their guests before a start is over, which takes 60 ms. */
    private static final int COMPARED_AT_ONCE = 10_000;

    /** So long the first look at many hosts leaves the processors to the rest of the start. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(1);

    private final Compute compute;
    private final HostReports reports;
    private final PowerStates powers;
    private final ReentrantLock looking = new ReentrantLock();
    private final ReentrantLock comparing = new ReentrantLock();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Hypervisor.Subscription> subscriptions = new ArrayList<>();

    HostWatch(Compute compute, HostReports reports, PowerStates powers) {
        this.compute = compute;
        this.reports = reports;
        this.powers = powers;
    }

    /** Asks this machine's hosts what they are, compares their guests with the servers, and listens to them. */
    void start() {
        List<Hypervisor> own = List.copyOf(compute.fleet().own());
        if (own.size() <= REFRESHED_TOGETHER && serversOn(own) <= COMPARED_AT_ONCE) {
            look();
            compareGuests();
        } else {
            Map<String, HostInventory> said = new HashMap<>();
            own.forEach(host -> attempt(List.of(host), () -> said.put(host.host(), host.inventory())));
            reports.recall(said);
            Thread.ofVirtual().name("kilonova-first-look").start(this::lookSoon);
        }
        for (Hypervisor hypervisor : own) {
            subscriptions.add(
                    hypervisor.subscribe(event -> powers.reported(hypervisor.host(), event.guestId(), event.power())));
        }
    }

    private int serversOn(List<Hypervisor> hypervisors) {
        List<String> hosts = hypervisors.stream().map(Hypervisor::host).toList();
        return compute.servers().countOn(hosts).values().stream()
                .mapToInt(each -> each)
                .sum();
    }

    private void lookSoon() {
        try {
            if (!closed.await(FIRST_LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
                compareGuests();
            }
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
        } catch (ServiceException exception) {
            LOGGER.warn("the hosts are looked at later: {}", exception.sentence());
        }
    }

    /** Asks each of this machine's hosts again what it is and has; nothing is done while that goes on already. */
    void look() {
        alone(looking, own -> {
            for (int begin = 0; begin < own.size() && closed.getCount() > 0; begin += REFRESHED_TOGETHER) {
                look(own.subList(begin, Math.min(own.size(), begin + REFRESHED_TOGETHER)));
            }
        });
    }

    /** Compares the guests of each of this machine's hosts with the servers; not while that goes on already. */
    void compareGuests() {
        alone(
                comparing,
                own -> own.stream()
                        .takeWhile(hypervisor -> closed.getCount() > 0)
                        .forEach(hypervisor -> attempt(List.of(hypervisor), () -> powers.reconcile(hypervisor))));
    }

    private void alone(ReentrantLock lock, Consumer<List<Hypervisor>> work) {
        if (lock.tryLock()) {
            try {
                work.accept(List.copyOf(compute.fleet().own()));
            } finally {
                lock.unlock();
            }
        }
    }

    private void look(List<Hypervisor> hypervisors) {
        Set<String> unclear = compute.database().read(Migrations::openHosts);
        Map<String, HostInventory> said = new LinkedHashMap<>();
        hypervisors.forEach(hypervisor -> attempt(List.of(hypervisor), () -> {
            if (unclear.contains(hypervisor.host())) {
                powers.clear(hypervisor);
            }
            said.put(hypervisor.host(), hypervisor.inventory());
        }));
        List<Hypervisor> answering = hypervisors.stream()
                .filter(hypervisor -> said.containsKey(hypervisor.host()))
                .toList();
        attempt(answering, () -> reports.report(said));
    }

    /** Does something with hosts; those with which it fails get no new servers. */
    private void attempt(List<Hypervisor> hypervisors, Runnable work) {
        try {
            work.run();
        } catch (ServiceException exception) {
            for (Hypervisor hypervisor : hypervisors) {
                LOGGER.warn("host={} does not answer: {}", hypervisor.host(), exception.sentence());
                reports.lost(hypervisor.host(), exception.sentence());
            }
        }
    }

    /** Takes in what a host on another machine says it is and has, and compares its guests with the servers. */
    void reported(Hypervisor hypervisor, HostInventory inventory) {
        powers.clear(hypervisor);
        reports.report(Map.of(hypervisor.host(), inventory));
        powers.reconcile(hypervisor);
    }

    @Override
    public void close() {
        closed.countDown();
        subscriptions.forEach(Hypervisor.Subscription::close);
        subscriptions.clear();
    }
}
