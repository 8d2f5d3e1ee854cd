package io.kilonova.servers;

import io.kilonova.networks.Networks;
import io.kilonova.operations.Operations;
import io.kilonova.placement.Allocations;
import io.kilonova.storage.Database;
import java.util.concurrent.atomic.AtomicReference;

/** What the operations on servers work with. Put together once, by {@link ComputeService}. */
final class Compute {
    private final Parts parts;
    private final HostRoom room;
    private final Moves moves;
    private final AtomicReference<Operations> operations = new AtomicReference<>();
    private final AtomicReference<HostChanges> changes = new AtomicReference<>();

    /** The collaborators, each by its name. */
    record Parts(
            Database database,
            ServerStore servers,
            ServerChanges changes,
            InstanceActions actions,
            PlacementDecisions decisions,
            Quotas quotas,
            ServerGroups groups,
            ComputeHosts hosts,
            Allocations allocations,
            Networks networks,
            Fleet fleet,
            HostLedger ledger,
            Migrations migrations,
            PlacementRequests requests,
            GuestSpecifications specifications,
            ComputeOptions options) {}

    Compute(Parts parts) {
        this.parts = parts;
        this.room = new HostRoom(this);
        this.moves = new Moves(this);
    }

    /** Gives what follows other controllers, which needs all of this itself; once. */
    void follow(HostChanges followed) {
        if (!changes.compareAndSet(null, followed)) {
            throw new IllegalStateException("followed already");
        }
    }

    /** What other controllers changed of hosts. */
    HostChanges hostChanges() {
        return bound(changes);
    }

    private static <T> T bound(AtomicReference<T> late) {
        T bound = late.get();
        if (bound == null) {
            throw new IllegalStateException("not bound yet");
        }
        return bound;
    }

    /** The operations know their kinds and the kinds know the operations: the second half of that knot. */
    void bind(Operations bound) {
        if (!operations.compareAndSet(null, bound)) {
            throw new IllegalStateException("bound already");
        }
    }

    Operations operations() {
        return bound(operations);
    }

    Database database() {
        return parts.database();
    }

    ServerStore servers() {
        return parts.servers();
    }

    ServerChanges changes() {
        return parts.changes();
    }

    InstanceActions actions() {
        return parts.actions();
    }

    PlacementDecisions decisions() {
        return parts.decisions();
    }

    Quotas quotas() {
        return parts.quotas();
    }

    ServerGroups groups() {
        return parts.groups();
    }

    ComputeHosts hosts() {
        return parts.hosts();
    }

    Allocations allocations() {
        return parts.allocations();
    }

    Networks networks() {
        return parts.networks();
    }

    Fleet fleet() {
        return parts.fleet();
    }

    HostLedger ledger() {
        return parts.ledger();
    }

    Migrations migrations() {
        return parts.migrations();
    }

    Moves moves() {
        return moves;
    }

    HostRoom room() {
        return room;
    }

    PlacementRequests requests() {
        return parts.requests();
    }

    GuestSpecifications specifications() {
        return parts.specifications();
    }

    ComputeOptions options() {
        return parts.options();
    }
}
