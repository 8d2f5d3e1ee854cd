package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import io.kilonova.node.NodeMessages.NetworksChanged;
import io.kilonova.node.NodeMessages.NodeHeard;
import io.kilonova.node.NodeMessages.NodesAsked;
import io.kilonova.node.NodeMessages.NodesHeard;
import io.kilonova.node.Wire.Nothing;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A controller's way to another one. */
public final class ControllerPeer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerPeer.class);
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Duration QUESTION = Duration.ofSeconds(5);

    private final PeerWay client;

    /** The way of whoever proves itself by {@code own}. */
    public ControllerPeer(Supplier<Credential> own) {
        this(PeerClient.ways(own));
    }

    ControllerPeer(PeerWay.Maker ways) {
        this.client = ways.to(PeerCheck.role(Role.CONTROLLER));
    }

    /**
     * Leaves it to the controller at a gate to make changes of networks real.
     *
     * @param settle whether to return only when they are
     * @throws io.kilonova.errors.ServiceException {@link NodeError#CONTROLLERS_UNREACHABLE}, or what the other one refused
     */
    public void networksChanged(String gate, List<NetworkChange> changes, boolean settle) {
        try {
            client.send(
                    URI.create("https://" + gate + "/v1/networks/changed"),
                    new NetworksChanged(changes, settle),
                    Nothing.class,
                    LIMIT);
        } catch (IOException failure) {
            throw NodeError.CONTROLLERS_UNREACHABLE.because(failure, gate, NodeIdentity.reason(failure));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw NodeError.CONTROLLERS_UNREACHABLE.because(interrupted, gate, "interrupted");
        }
    }

    /** Which of these nodes the controller at a gate heard lately; one that does not answer, or not to this, heard none. */
    List<NodeHeard> heard(String gate, List<String> nodeIds) {
        try {
            return client.send(
                            URI.create("https://" + gate + "/v1/heard"),
                            new NodesAsked(nodeIds),
                            NodesHeard.class,
                            QUESTION)
                    .nodes();
        } catch (IOException | ServiceException silent) {
            LOG.debug("the controller at {} does not say what it hears: {}", gate, silent.getMessage());
            return List.of();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw NodeError.CONTROLLERS_UNREACHABLE.because(interrupted, gate, "interrupted");
        }
    }

    PeerWay way() {
        return client;
    }

    @Override
    public void close() {
        client.close();
    }
}
