package io.kilonova.node;

import java.util.Optional;

/** Decides whether the holder of a good certificate is who has to be at the other end. */
@FunctionalInterface
interface PeerCheck {
    /** What speaks against it, in words; empty when nothing does. {@code address} is HOST:PORT, empty on the server's side. */
    Optional<String> objection(PeerIdentity peer, String address);

    /** Takes everybody of that role. */
    static PeerCheck role(Role role) {
        return (peer, address) -> peer.role() == role
                ? Optional.empty()
                : Optional.of("a %s is at %s, not a %s".formatted(peer.role(), address, role));
    }

    /** Takes the node of that id alone; {@code name} is what it is called when it is not there. */
    static PeerCheck node(String id, String name) {
        return (peer, address) -> peer.role() == Role.NODE && peer.id().equals(id)
                ? Optional.empty()
                : Optional.of("%s is not at %s".formatted(name, address));
    }

    /** Takes everybody: who may call what is decided a route. */
    static PeerCheck anyRole() {
        return (peer, address) -> Optional.empty();
    }
}
