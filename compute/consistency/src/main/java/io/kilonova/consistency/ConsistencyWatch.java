package io.kilonova.consistency;

import io.kilonova.spi.Hypervisor;
import io.kilonova.storage.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the whole cloud against a table of invariants, again and again, a portion at a time. It reads past the code that
 * keeps them, and writes nothing. What is under way is never told: what changes in one transaction is read in one
 * snapshot, and what stands elsewhere is looked at twice.
 */
public final class ConsistencyWatch {
    /** So many findings are kept; all are counted. */
    static final int MAXIMUM_FINDINGS = 1_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(ConsistencyWatch.class);

    private final List<Invariant> invariants;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private Walk walk;
    private volatile Optional<Report> last = Optional.empty();

    /**
     * What is watched.
     *
     * @param database of all services
     * @param hosts the hypervisors that are reached now; empty when only tables are compared
     * @param imageFiles the folder of images' files
     * @param clock of the program
     * @param elapsedMillis a clock that does not jump
     */
    public record Setup(
            Database database,
            Optional<Supplier<? extends Collection<? extends Hypervisor>>> hosts,
            Optional<Path> imageFiles,
            InstantSource clock,
            LongSupplier elapsedMillis) {

        /** With the time of this process as the clock that does not jump. */
        public Setup(
                Database database,
                Optional<Supplier<? extends Collection<? extends Hypervisor>>> hosts,
                Optional<Path> imageFiles,
                InstantSource clock) {
            this(database, hosts, imageFiles, clock, () -> System.nanoTime() / 1_000_000);
        }
    }

    /** A watch that has seen nothing yet. */
    public ConsistencyWatch(Setup setup) {
        this.invariants = invariants(setup);
        this.clock = setup.clock();
        this.walk = new Walk(invariants, clock);
    }

    private static List<Invariant> invariants(Setup setup) {
        Database database = setup.database();
        List<Invariant> all = new ArrayList<>(TableInvariants.of(database));
        all.add(new Invariant(
                "operations_end",
                "Every operation has a deadline, and none is carried on past it.",
                "See what it waits for in the log of its controller, then restart that controller.",
                new LateOperations(database, setup.clock(), setup.elapsedMillis())));
        all.add(new Invariant(
                "servers_are_somewhere",
                "A server that was built is on a host.",
                "Delete it, and report what happened before: openstack server event list ID.",
                new ServerInspection(database, ServerInspection::isNowhere)));
        all.add(new Invariant(
                "allocations_match",
                "A server has taken what its flavor needs, on the host where it is, and nothing else.",
                "Compare: openstack resource provider allocation show ID; openstack server show ID.",
                new ServerInspection(database, ServerInspection::allocationsDiffer)));
        all.add(new Invariant(
                "cards_match",
                "The network cards of a server are its ports, bound to its host.",
                "Detach what it should not have: openstack server remove port ID PORT.",
                new ServerInspection(database, ServerInspection::cardsDiffer)));
        all.add(new Invariant(
                "quotas_add_up",
                "What a project has used of its quota is the sum of its servers.",
                "Report what the project did before: openstack server event list.",
                new QuotaInspection(database)));
        setup.hosts()
                .ifPresent(hosts -> all.add(new Invariant(
                        "one_guest_a_server",
                        "A server has one guest, on the host where it is, and every guest has a server.",
                        "Look at the guest on its host before anything else: two that run write to one disk. One without a"
                                + " server is left alone: it may be of another cloud, or missing in a database from a backup.",
                        new GuestInspection(database, hosts))));
        setup.imageFiles()
                .ifPresent(folder -> all.add(new Invariant(
                        "images_have_files",
                        "An image that can be booted has its file.",
                        "Bring the file back from a backup, or delete the image: openstack image delete ID.",
                        new ImageInspection(database, folder))));
        return List.copyOf(all);
    }

    /** Each invariant's sentence by its name, in the order in which they are looked at. */
    public Map<String, String> sentences() {
        Map<String, String> sentences = new LinkedHashMap<>();
        invariants.forEach(invariant -> sentences.put(invariant.name(), invariant.sentence()));
        return sentences;
    }

    /** Walks over the whole cloud at once. Costs about a second for 10,000 servers. */
    public Report check() {
        Walk whole = new Walk(invariants, clock);
        while (whole.goOn()) {}
        return whole.report();
    }

    /**
     * Goes on with the walk for {@code budget}, or until it ends, whichever comes first; the next call goes on from there, or
     * begins anew. A breach is logged when its walk ends.
     */
    public void advance(Duration budget) {
        lock.lock();
        try {
            long until = System.nanoTime() + budget.toNanos();
            while (walk.goOn()) {
                if (System.nanoTime() - until >= 0) {
                    return;
                }
            }
            Report report = walk.report();
            report.findings().forEach(finding -> LOGGER.error("consistency {}. {}", finding, finding.remedy()));
            last = Optional.of(report);
            walk = new Walk(invariants, clock);
        } finally {
            lock.unlock();
        }
    }

    /** What the last walk of {@link #advance} that ended here found. */
    public Optional<Report> last() {
        return last;
    }

    /** One walk over all invariants. */
    private static final class Walk {
        private final List<Invariant> invariants;
        private final InstantSource clock;
        private final Map<String, Long> breaches = new LinkedHashMap<>();
        private final List<Finding> findings = new ArrayList<>();
        private int place;
        private String after = "";

        Walk(List<Invariant> invariants, InstantSource clock) {
            this.invariants = invariants;
            this.clock = clock;
            invariants.forEach(invariant -> breaches.put(invariant.name(), 0L));
        }

        /** Inspects one portion; false when there is none left. */
        boolean goOn() {
            if (place == invariants.size()) {
                return false;
            }
            Invariant invariant = invariants.get(place);
            Optional<String> reached =
                    invariant.inspection().inspect(after, (subject, detail) -> found(invariant, subject, detail));
            after = reached.orElse("");
            place += reached.isEmpty() ? 1 : 0;
            return true;
        }

        private void found(Invariant invariant, String subject, String detail) {
            breaches.merge(invariant.name(), 1L, Long::sum);
            if (findings.size() < MAXIMUM_FINDINGS) {
                findings.add(new Finding(invariant.name(), subject, detail, invariant.remedy()));
            }
        }

        Report report() {
            return new Report(clock.instant(), breaches, findings);
        }
    }
}
