package io.kilonova.node;

import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.HostInventory;
import java.util.List;
import java.util.Optional;

/** What nodes say to controllers, and what these answer. */
final class NodeMessages {
    private NodeMessages() {}

    /** {@code publicKey} is Base64 of its encoded form. */
    record Enrolment(String tokenSecret, String publicKey, String label, String address) {}

    record Enrolled(String certificate, String authority, List<String> controllers) {}

    record Renewal(String node) {}

    record Renewed(String certificate) {}

    /** A node asks to be called {@code label} from now on. */
    record Renaming(String node, String label) {}

    record Heartbeat(String node, String label, String address) {}

    /** A node lives, and its hypervisor does not answer it. */
    record Unfit(Heartbeat heartbeat, String reason) {}

    /** A controller of the release before asks another one whether it heard a host lately. */
    record HostAsked(String host) {}

    record HostKnown(boolean up) {}

    /** A controller asks another one about nodes that it does not hear itself, by their ids. */
    record NodesAsked(List<String> nodes) {}

    /** Those of them that were heard lately. */
    record NodesHeard(List<NodeHeard> nodes) {}

    /** A node that was heard so long ago; {@code unfit} says why its hypervisor can do nothing. */
    record NodeHeard(String node, long silentMillis, Optional<String> unfit) {}

    record Heard(List<String> controllers) {}

    record Report(String node, HostInventory inventory) {}

    record Events(String node, List<GuestEvent> events) {}

    /** A node asks what it has to do for networks; {@code ports} are those that are plugged there. */
    record NetworksAsked(String node, List<String> ports) {}

    /** A guest of a node asks for metadata. */
    record MetadataAsked(String node, String network, String address, String path) {}

    /** A controller tells another one what changed of networks, and may wait until it is real. */
    record NetworksChanged(List<NetworkChange> changes, boolean settle) {}
}
