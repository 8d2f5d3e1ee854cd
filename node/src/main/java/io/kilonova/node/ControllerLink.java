package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import io.kilonova.node.NodeMessages.Renaming;
import io.kilonova.node.NodeMessages.Renewal;
import io.kilonova.node.NodeMessages.Renewed;
import io.kilonova.node.Wire.Nothing;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.HostInventory;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.ImageSource;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's way to the controllers. It beats at each of them, so that each knows by itself who lives and nothing of it is
 * written down; all else it says to the first that answers. Images come from controllers too.
 */
public final class ControllerLink implements AutoCloseable, ImageSource {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerLink.class);

    private final NodeIdentity identity;
    private final InstantSource clock;
    private final NodeVoice voice;

    /** The link of a node; nothing is said before {@link #start}. */
    public ControllerLink(NodeIdentity identity, InstantSource clock) {
        this.identity = identity;
        this.clock = clock;
        this.voice = new NodeVoice(identity, PeerClient.ways(identity), PeerThreads.virtual());
    }

    /**
     * Begins to beat and to tell.
     *
     * @param address HOST:PORT at which controllers reach this node
     * @param inventory what the host is and has
     */
    public void start(String address, Supplier<HostInventory> inventory) {
        voice.start(address, inventory);
        voice.repeat("renewal", NodeVoice.REPORT, this::renewInTime);
    }

    /** Has an event told. When controllers are away for long, the oldest is lost: what guests there are is asked anew. */
    public void tell(GuestEvent event) {
        voice.tell(event);
    }

    private void renewInTime() {
        Instant from = identity.get().certificate().getNotBefore().toInstant();
        Instant until = identity.get().certificate().getNotAfter().toInstant();
        if (clock.instant().isAfter(until)) {
            LOG.error(
                    "the certificate of this node ended at {}, and no controller takes it any more: stop the node and call"
                            + " \"kilonova node enroll\" with a new token; it stays the node that it is",
                    until);
        } else if (clock.instant()
                .isAfter(from.plus(Duration.between(from, until).dividedBy(2)))) {
            identity.renew(voice.first("/v1/renew", new Renewal(identity.id()), Renewed.class, NodeVoice.LIMIT)
                    .certificate());
            LOG.info("the certificate was renewed");
        }
    }

    /**
     * Has this node called otherwise from now on.
     *
     * @throws ServiceException {@link NodeError#LABEL_TAKEN}, {@link NodeError#LABEL_UNUSABLE},
     *     {@link NodeError#CONTROLLERS_UNREACHABLE}, or {@link NodeError#REFUSED} while something is done to its servers
     */
    public void rename(String label) {
        voice.first("/v1/rename", new Renaming(identity.id(), label), Nothing.class, NodeVoice.LIMIT);
        identity.rename(label);
    }

    /** What this node has to do for networks; {@code ports} are plugged here. Throws {@link NodeError#CONTROLLERS_UNREACHABLE}. */
    public NodeNetworks networks(Collection<String> ports) {
        return voice.networks(ports);
    }

    /** What a guest of this node is answered that asks for metadata. Throws {@link NodeError#CONTROLLERS_UNREACHABLE}. */
    public MetadataTold metadata(String networkId, String address, String path) {
        return voice.metadata(networkId, address, path);
    }

    @Override
    public InputStream open(ImageReference image) {
        return voice.open(image);
    }

    /** Falls silent. */
    @Override
    public void close() {
        voice.close();
    }
}
