package io.kilonova.launcher;

import io.kilonova.errors.ServiceException;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.networks.NetworkError;
import io.kilonova.networks.OvnBackend;
import io.kilonova.node.ControllerPeer;
import io.kilonova.node.Credential;
import io.kilonova.node.EnrolledNode;
import io.kilonova.node.NetworkChange;
import io.kilonova.node.NetworkSeat;
import io.kilonova.node.NetworkSeats;
import io.kilonova.node.NodeRegister;
import io.kilonova.ovn.OvnCentral;
import io.kilonova.storage.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the networks of a cluster real. One controller sits where that is done: OVN's middle runs on its machine, filled from
 * what is stored. The others tell it what they changed. When it falls silent another takes the seat and fills a middle of its
 * own before it sends the nodes there. While no node of real guests has ever asked, there is no such seat, and no OVN.
 */
final class ClusterNetworks implements NetworkBackend, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNetworks.class);

    /** The folders of OVN's daemons in a state directory, one for each controller that ever sat there. */
    static final String FOLDERS = "ovn-*";

    private static final Duration TRANSLATION = Duration.ofSeconds(20);

    /** Longer than it takes another controller to take the seat. */
    private static final Duration PATIENCE = NetworkSeats.LEASE.plusSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int MAXIMUM_CHANGES = 100_000;

    /** So many hosts does OVN choose a router's gateway from. */
    private static final int GATEWAYS = 5;

    private final Database database;
    private final NodeRegister register;
    private final Supplier<Credential> own;
    private final NetworkSeats seats;
    private final ControllerPeer peer;
    private final Path state;
    private final BlockingQueue<NetworkChange> changes = new LinkedBlockingQueue<>(MAXIMUM_CHANGES);
    private final ReentrantLock telling = new ReentrantLock();
    private final ReentrantLock seating = new ReentrantLock();
    private final Thread teller;
    private volatile Optional<NetworkSeat> seat;
    private volatile Optional<Held> held = Optional.empty();
    private volatile Optional<Place> place = Optional.empty();

    /** Where this controller is: its gate, and the address of its machine. */
    private record Place(String gate, String host) {}

    /** What runs while this controller sits there. */
    private static final class Held {
        private final OvnCentral central;
        private final OvnBackend backend;
        private volatile String southbound = "";

        Held(OvnCentral central, OvnBackend backend) {
            this.central = central;
            this.backend = backend;
        }
    }

    ClusterNetworks(Database database, NodeRegister register, Supplier<Credential> own, Path state, Clock clock) {
        this.database = database;
        this.register = register;
        this.own = own;
        this.seats = new NetworkSeats(database, clock);
        this.peer = new ControllerPeer(own);
        this.state = state;
        this.seat = seats.holder();
        this.teller = Thread.ofVirtual().name("network-changes").start(this::tellAlways);
    }

    /** Begins to take part, as the controller at this gate. */
    void join(String gate, String host) {
        place = Optional.of(new Place(gate, host));
        look();
    }

    /** Looks who sits there, says that it is still this one, or takes its place; called every few seconds. */
    void look() {
        seating.lock();
        try {
            Optional<Held> present = held;
            if (present.isPresent()) {
                present.get().central.start();
                if (seats.hold(here().gate(), present.get().southbound)) {
                    return;
                }
                LOG.warn("Another controller makes the networks real now");
                held = Optional.empty();
                present.get().backend.close();
            }
            seat = seats.holder();
            if (seat.isPresent() && place.isPresent()) {
                boolean mine = seat.get().gate().equals(here().gate());
                if (mine || seat.get().lapsed()) {
                    take();
                } else {
                    stopFormer();
                }
            }
        } finally {
            seating.unlock();
        }
    }

    /** Where the southbound database is; a node asks, so that somebody has to sit there from now on. */
    Optional<String> southbound() {
        if (held.isEmpty() && seat.isEmpty()) {
            Thread.ofVirtual().name("network-seat").start(this::takeFirst);
        }
        return held.map(present -> present.southbound)
                .or(() -> seat.map(NetworkSeat::southbound))
                .filter(where -> !where.isEmpty());
    }

    private void takeFirst() {
        seating.lock();
        try {
            seat = seats.holder();
            if (held.isEmpty() && seat.isEmpty() && place.isPresent()) {
                take();
            }
        } catch (ServiceException failure) {
            LOG.error("The networks of nodes cannot be made real: {}", failure.sentence());
        } finally {
            seating.unlock();
        }
    }

    private void take() {
        if (!seats.hold(here().gate(), "")) {
            return;
        }
        OvnCentral central = central();
        central.start();
        Held taken = new Held(
                central,
                new OvnBackend(
                        database,
                        central.northbound(),
                        Optional.empty(),
                        OvnBackend.Settings.onHosts(() -> register.list().stream()
                                .limit(GATEWAYS)
                                .map(EnrolledNode::id)
                                .toList())));
        held = Optional.of(taken);
        LOG.info("This controller makes the networks real; the nodes find them at {}", central.southbound());
        Thread.ofVirtual().name("network-fill").start(() -> fill(taken));
    }

    /** Nodes are sent to a middle that holds everything: what is missing there they would take from their guests. */
    private void fill(Held taken) {
        while (held.filter(taken::equals).isPresent()) {
            try {
                taken.backend.settle();
                if (taken.central.awaitTranslated(TRANSLATION)) {
                    taken.southbound = taken.central.southbound();
                    LOG.debug("Held on: {}", seats.hold(here().gate(), taken.southbound));
                    return;
                }
            } catch (RuntimeException | Error failure) { // the edge of the thread
                LOG.warn("OVN is not filled yet: {}", failure.getMessage());
                if (!pause()) {
                    return;
                }
            }
        }
    }

    private OvnCentral central() {
        try {
            return new OvnCentral(folder(), here().host(), own.get().write(folder().resolve("proof")));
        } catch (IOException failure) {
            throw new UncheckedIOException("what OVN proves itself by cannot be written", failure);
        }
    }

    /** A controller that comes back and finds another one in its seat ends what it left running. */
    private void stopFormer() {
        if (Files.isDirectory(folder())) {
            OvnCentral former = central();
            if (!former.processes().isEmpty()) {
                LOG.info("Another controller makes the networks real: OVN's middle is stopped here");
                former.stop();
            }
        }
    }

    private Path folder() {
        return state.resolve("ovn-" + here().gate().replaceAll("[^0-9A-Za-z.-]", "-"));
    }

    private Place here() {
        return place.orElseThrow();
    }

    /** What this controller proves itself by was made anew. */
    void renewed() {
        if (held.isPresent()) {
            LOG.debug("Written for OVN's daemons: {}", central());
        }
    }

    @Override
    public void changed(String kind, String id) {
        Optional<Held> present = held;
        if (present.isPresent()) {
            present.get().backend.changed(kind, id);
        } else if (seat.isPresent()) {
            NetworkChange change = new NetworkChange(kind, id);
            while (!changes.offer(change)) { // what is lost is found by the next comparison
                changes.poll();
            }
        }
    }

    @Override
    public void settle() {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                settleOnce();
                return;
            } catch (ServiceException failure) {
                if (System.nanoTime() > giveUpNanos || !pause()) {
                    throw NetworkError.BACKEND_FAILED.because(failure, failure.sentence());
                }
            }
        }
    }

    private void settleOnce() {
        Optional<Held> present = held;
        Optional<NetworkSeat> other = seat;
        if (present.isPresent()) {
            changes.drainTo(new ArrayList<>()); // what was told before is part of what was compared at the start
            present.get().backend.settle();
        } else if (other.isPresent()) {
            tell(other.get().gate());
            peer.networksChanged(other.get().gate(), List.of(), true);
        }
    }

    private void tell(String gate) {
        telling.lock();
        try {
            List<NetworkChange> batch = new ArrayList<>();
            changes.drainTo(batch);
            if (!batch.isEmpty()) {
                try {
                    peer.networksChanged(gate, batch, false);
                } catch (ServiceException failure) {
                    batch.forEach(change -> changed(change.kind(), change.id()));
                    throw failure;
                }
            }
        } finally {
            telling.unlock();
        }
    }

    private void tellAlways() {
        while (pause()) {
            Optional<NetworkSeat> other = seat;
            if (held.isEmpty() && other.isPresent()) {
                try {
                    tell(other.get().gate());
                } catch (ServiceException failure) {
                    LOG.debug("Changes of networks wait: {}", failure.sentence());
                } catch (RuntimeException | Error failure) { // the edge of the thread
                    LOG.warn("Changes of networks wait", failure);
                }
            }
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE);
            return true;
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends the writing. OVN runs on, and whoever sits here next takes it over. */
    @Override
    public void close() {
        teller.interrupt();
        Optional<Held> present = held;
        held = Optional.empty();
        present.ifPresent(last -> last.backend.close());
        peer.close();
    }
}
