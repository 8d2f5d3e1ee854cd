package io.kilonova.node;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * One thing that a peer may ask of a {@link PeerServer}: the line says all of it.
 *
 * @param method of HTTP
 * @param path the address, or its beginning where it ends with a slash
 * @param callers who may call; nobody named means everybody, even without a certificate
 * @param maximumBytes the largest body; {@link #STREAM} for one without end, which the handler reads as it comes
 * @param handler who answers
 */
record PeerRoute(String method, String path, Set<Role> callers, int maximumBytes, Handler handler) {
    /** The size of a stream. */
    static final int STREAM = -1;

    /** Answers a call. A {@link io.kilonova.errors.ServiceException} becomes a refusal with its status. */
    @FunctionalInterface
    interface Handler {
        void handle(PeerCall call) throws IOException;
    }

    /** Throws {@link NodeError#CERTIFICATE_WANTED} or {@link NodeError#ROLE_REFUSED} unless this peer may call. */
    void requireCaller(Optional<PeerIdentity> peer) {
        if (callers.isEmpty()) {
            return;
        }
        PeerIdentity present = peer.orElseThrow(NodeError.CERTIFICATE_WANTED::with);
        if (!callers.contains(present.role())) {
            throw NodeError.ROLE_REFUSED.with(present.role(), path);
        }
    }

    boolean matches(String calledMethod, String calledPath) {
        return method.equals(calledMethod)
                && (path.endsWith("/") ? calledPath.startsWith(path) : calledPath.equals(path));
    }
}
