package io.kilonova.node;

import io.kilonova.node.NodeMessages.Events;
import io.kilonova.node.NodeMessages.Heard;
import io.kilonova.node.NodeMessages.Heartbeat;
import io.kilonova.node.NodeMessages.HostAsked;
import io.kilonova.node.NodeMessages.HostKnown;
import io.kilonova.node.NodeMessages.MetadataAsked;
import io.kilonova.node.NodeMessages.NetworksAsked;
import io.kilonova.node.NodeMessages.NetworksChanged;
import io.kilonova.node.NodeMessages.NodesAsked;
import io.kilonova.node.NodeMessages.NodesHeard;
import io.kilonova.node.NodeMessages.Renaming;
import io.kilonova.node.NodeMessages.Report;
import io.kilonova.node.NodeMessages.Unfit;
import io.kilonova.node.Wire.Nothing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What nodes and controllers ask of a controller, and what it does then. */
final class GateCalls {
    private static final Logger LOG = LoggerFactory.getLogger(GateCalls.class);
    static final int SMALL_BYTES = 16 << 10;
    private static final int LARGE_BYTES = 8 << 20;

    private final NodeRegister register;
    private final NodeFleet fleet;
    private final NodeDuties duties;

    GateCalls(NodeRegister register, NodeFleet fleet, NodeDuties duties) {
        this.register = register;
        this.fleet = fleet;
        this.duties = duties;
    }

    /** All that can be asked by who belongs to the cloud already. */
    List<PeerRoute> routes() {
        Set<Role> nodes = Set.of(Role.NODE);
        Set<Role> controllers = Set.of(Role.CONTROLLER);
        return List.of(
                new PeerRoute("POST", "/v1/rename", nodes, SMALL_BYTES, this::rename),
                new PeerRoute("POST", "/v1/heartbeat", nodes, SMALL_BYTES, this::heartbeat),
                new PeerRoute("POST", "/v1/unfit", nodes, SMALL_BYTES, this::unfit),
                new PeerRoute("POST", "/v1/report", nodes, LARGE_BYTES, this::report),
                new PeerRoute("POST", "/v1/events", nodes, LARGE_BYTES, this::events),
                new PeerRoute("POST", "/v1/networks", nodes, LARGE_BYTES, this::networks),
                new PeerRoute("POST", "/v1/metadata", nodes, SMALL_BYTES, this::metadata),
                new PeerRoute("POST", "/v1/networks/changed", controllers, LARGE_BYTES, this::networksChanged),
                new PeerRoute("POST", "/v1/hears", controllers, SMALL_BYTES, this::hears),
                new PeerRoute("POST", "/v1/heard", controllers, LARGE_BYTES, this::heard),
                new PeerRoute("POST", "/v1/commands/", controllers, LARGE_BYTES, this::passOn),
                new PeerRoute("GET", "/v1/images/", nodes, 0, this::image));
    }

    private void rename(PeerCall call) throws IOException {
        Renaming asked = call.message(Renaming.class);
        EnrolledNode node = sender(call, asked.node());
        NodeRegister.requireName(asked.label());
        if (!node.label().equals(asked.label())) {
            duties.renamed(
                    node.label(), asked.label(), transaction -> register.rename(transaction, node.id(), asked.label()));
            fleet.refresh();
            LOG.info("node={} id={} was called {} before", asked.label(), node.id(), node.label());
        }
        call.answer(new Nothing());
    }

    private void heartbeat(PeerCall call) throws IOException {
        EnrolledNode node = lives(call, call.message(Heartbeat.class));
        fleet.hearsay().beat(node.id(), Optional.empty());
        duties.heard(node.label(), Duration.ZERO);
        call.answer(new Heard(fleet.gates()));
    }

    private void unfit(PeerCall call) throws IOException {
        Unfit told = call.message(Unfit.class);
        EnrolledNode node = lives(call, told.heartbeat());
        fleet.hearsay().beat(node.id(), Optional.of(told.reason()));
        duties.unfit(node.label(), Duration.ZERO, told.reason());
        call.answer(new Heard(fleet.gates()));
    }

    private EnrolledNode lives(PeerCall call, Heartbeat beat) throws IOException {
        EnrolledNode node = sender(call, beat.node());
        if (!node.isCalled(beat.label())) {
            throw NodeError.IDENTITY_CLAIMED.with(node.label(), beat.label());
        }
        if (!node.address().equals(beat.address())) {
            fleet.requireAt(node, beat.address());
            LOG.info("node={} is at {} now, it was at {}", node.label(), beat.address(), node.address());
            register.moved(node.id(), beat.address());
            fleet.refresh(); // another may have been there
        }
        return node;
    }

    private void report(PeerCall call) throws IOException {
        Report report = call.message(Report.class);
        EnrolledNode node = sender(call, report.node());
        duties.reported(node.label(), report.inventory());
        node.formerLabel().ifPresent(former -> duties.renamed(former, node.label(), nothing -> {}));
        call.answer(new Nothing());
    }

    private void events(PeerCall call) throws IOException {
        Events events = call.message(Events.class);
        EnrolledNode node = sender(call, events.node());
        events.events().forEach(event -> duties.saw(node.label(), event));
        call.answer(new Nothing());
    }

    private void networks(PeerCall call) throws IOException {
        NetworksAsked asked = call.message(NetworksAsked.class);
        EnrolledNode node = sender(call, asked.node());
        call.answer(duties.networks(node.label(), asked.ports()));
    }

    private void metadata(PeerCall call) throws IOException {
        MetadataAsked asked = call.message(MetadataAsked.class);
        EnrolledNode node = sender(call, asked.node());
        call.answer(duties.metadata(node.label(), asked.network(), asked.address(), asked.path()));
    }

    private void networksChanged(PeerCall call) throws IOException {
        NetworksChanged changed = call.message(NetworksChanged.class);
        duties.networksChanged(changed.changes(), changed.settle());
        call.answer(new Nothing());
    }

    /** The release before asks so; whoever takes a host for dead in vain evacuates what lives. */
    private void hears(PeerCall call) throws IOException {
        call.answer(
                new HostKnown(fleet.isHeardHere(call.message(HostAsked.class).host())));
    }

    private void heard(PeerCall call) throws IOException {
        call.answer(
                new NodesHeard(fleet.hearsay().of(call.message(NodesAsked.class).nodes())));
    }

    /** A command of another controller, to a node that this one hears. What the node says to it goes back as it comes. */
    private void passOn(PeerCall call) throws IOException {
        NodeCommand<?, ?> command =
                NodeCommand.named(call.rest()).orElseThrow(() -> NodeError.NO_SUCH_ADDRESS.with(call.rest()));
        CommandEnvelope envelope = call.message(CommandEnvelope.class);
        EnrolledNode node =
                fleet.find(envelope.node()).orElseThrow(() -> NodeError.NODE_NOT_ENROLLED.with(envelope.node()));
        PassedLines lines = new PassedLines(call);
        try {
            fleet.deliver(
                    command,
                    new Delivery(
                            node.target(),
                            Optional.empty(),
                            CommandOrigin.of(call).headers(),
                            envelope),
                    lines);
            lines.end();
        } catch (IOException failure) {
            throw NodeError.NODE_NOT_REACHED.because(failure, node.label(), NodeIdentity.reason(failure));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw NodeError.NODE_NOT_REACHED.because(interrupted, node.label(), "interrupted");
        }
    }

    /** Asks the other controllers about the nodes that are silent here. */
    void askAround() {
        fleet.hearsay().askAround(duties);
    }

    private void image(PeerCall call) throws IOException {
        sender(call, call.peer().id());
        try (InputStream file = duties.image(call.rest());
                OutputStream out = call.stream("application/octet-stream")) {
            file.transferTo(out);
        }
    }

    /** The node that calls. It is who its key says; one that says that it is another one is refused. */
    EnrolledNode sender(PeerCall call, String claimed) {
        String id = call.peer().id();
        EnrolledNode node = fleet.find(id).orElseThrow(() -> NodeError.NODE_NOT_ENROLLED.with(id));
        if (!claimed.equals(id)) {
            throw NodeError.IDENTITY_CLAIMED.with(
                    node.label(), fleet.find(claimed).map(EnrolledNode::label).orElse("another"));
        }
        return node;
    }
}
