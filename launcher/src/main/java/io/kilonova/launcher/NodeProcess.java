package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.HostAndPort;
import io.kilonova.errors.ServiceException;
import io.kilonova.node.ControllerLink;
import io.kilonova.node.NodeAgent;
import io.kilonova.node.NodeError;
import io.kilonova.node.NodeIdentity;
import io.kilonova.spi.Hypervisor;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of {@code kilonova node}: this machine's hypervisor, its agent, and its way to the controllers. */
final class NodeProcess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeProcess.class);

    private final Parts parts = new Parts();
    private String label = "";
    private String address = "";

    private NodeProcess() {}

    /** Starts all parts; the state directory is the node's from here on, and let go of when the start fails. */
    static NodeProcess start(Configuration configuration, StateDirectory state, Duration fakeBoot) {
        NodeProcess process = new NodeProcess();
        boolean started = false;
        try {
            process.startParts(configuration, state, fakeBoot);
            started = true;
            return process;
        } finally {
            if (!started) {
                process.close();
            }
        }
    }

    private void startParts(Configuration configuration, StateDirectory state, Duration fakeBoot) {
        parts.own("the state directory", state);
        NodeIdentity identity = NodeIdentity.open(identityFolder(state.path()));
        ControllerLink link = parts.own("the way to the controllers", new ControllerLink(identity, Clock.systemUTC()));
        configuration
                .get(KilonovaOptions.HOST)
                .filter(wanted -> !wanted.equals(identity.label()))
                .ifPresent(wanted -> rename(identity, link, wanted));
        label = identity.label();
        HostPlatform host = parts.own("the host", HostPlatform.ofNode(configuration, state.path(), identity, fakeBoot));
        host.join(link);
        Hypervisor hypervisor = host.hypervisors(link).getFirst();
        parts.own("what the host sees", hypervisor.subscribe(link::tell));
        HostAndPort listen = configuration.get(KilonovaOptions.CLUSTER_LISTEN);
        NodeAgent agent = parts.own(
                "the agent",
                new NodeAgent(hypervisor, identity, identityFolder(state.path()), listen.host(), listen.port()));
        try {
            agent.start();
        } catch (UncheckedIOException refused) {
            throw LauncherError.ADDRESS_UNUSABLE.because(refused, listen, refused.getMessage());
        }
        address = listen.host() + ":" + agent.port();
        link.start(address, hypervisor::inventory);
    }

    /** A name that it cannot have ends the start; one that it cannot have now is asked for at the next start. */
    private static void rename(NodeIdentity identity, ControllerLink link, String wanted) {
        try {
            link.rename(wanted);
            LOG.info("This node is called {} from now on", wanted);
        } catch (ServiceException refused) {
            if (refused.code() != NodeError.CONTROLLERS_UNREACHABLE && refused.code() != NodeError.REFUSED) {
                throw refused;
            }
            LOG.warn("This node goes on as {} until it starts again: {}", identity.label(), refused.sentence());
        }
    }

    /** Where a node keeps who it is. */
    static Path identityFolder(Path state) {
        return state.resolve("node");
    }

    /** What the node is called. */
    String label() {
        return label;
    }

    /** Where controllers reach it. */
    String address() {
        return address;
    }

    /** Stops all parts. Guests run on. */
    @Override
    public void close() {
        parts.close();
    }
}
