package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.*;

import io.kilonova.operations.Failure;
import io.kilonova.spi.PowerState;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/** The ways in which an operation changes a server's row; states are written here and nowhere else. */
final class ServerChanges {
    private final ServerStore store;

    ServerChanges(ServerStore store) {
        this.store = store;
    }

    /** Something begins to be done. */
    void begin(Transaction transaction, String serverId, TaskState task, Instant now) {
        store.update(transaction, serverId, Map.of(TASK_STATE, task.label()), now);
    }

    /** The server has a host now. */
    void placed(Transaction transaction, String serverId, String host, String zone, Instant now) {
        store.update(
                transaction, serverId, Map.of(HOST, host, ZONE, zone, TASK_STATE, TaskState.NETWORKING.label()), now);
    }

    /** The server has no host any more. */
    void displaced(Transaction transaction, String serverId, Instant now) {
        Map<Field<?>, @Nullable Object> changes = new HashMap<>();
        changes.put(HOST, null);
        store.update(transaction, serverId, changes, now);
    }

    /** What was done succeeded: the server is in {@code state}. */
    void settled(Transaction transaction, Server server, VmState state, PowerState power, Instant now) {
        Map<Field<?>, @Nullable Object> changes = new HashMap<>();
        changes.put(VM_STATE, state.label());
        changes.put(TASK_STATE, null);
        changes.put(POWER_STATE, power.name());
        if (state == VmState.ACTIVE && server.launchedAt().isEmpty()) {
            changes.put(LAUNCHED_AT, now.toEpochMilli());
        }
        if (state != VmState.ERROR) {
            changes.put(FAULT, null);
        }
        store.update(transaction, server.id(), changes, now);
    }

    /** Nothing is being done any more, and the server is what it was. */
    void relaxed(Transaction transaction, String serverId, Optional<Failure> failure, Instant now) {
        Map<Field<?>, @Nullable Object> changes = new HashMap<>();
        changes.put(TASK_STATE, null);
        failure.ifPresent(reason -> changes.put(FAULT, Documents.write(fault(reason, now))));
        store.update(transaction, serverId, changes, now);
    }

    /** What was done failed, and left the server unusable. */
    void failed(Transaction transaction, String serverId, Failure failure, Instant now) {
        Map<Field<?>, @Nullable Object> changes = new HashMap<>();
        changes.put(VM_STATE, VmState.ERROR.label());
        changes.put(TASK_STATE, null);
        changes.put(POWER_STATE, PowerState.NO_STATE.name());
        changes.put(FAULT, Documents.write(fault(failure, now)));
        store.update(transaction, serverId, changes, now);
    }

    /** What was done was given up for something else, and left the server unusable until that is done. */
    void broken(Transaction transaction, String serverId, Failure failure, Instant now) {
        store.update(
                transaction,
                serverId,
                Map.of(VM_STATE, VmState.ERROR.label(), FAULT, Documents.write(fault(failure, now))),
                now);
    }

    /** The hypervisor said what the guest is. */
    void powerReported(Transaction transaction, String serverId, PowerState power, Instant now) {
        store.update(transaction, serverId, Map.of(POWER_STATE, power.name()), now);
    }

    private static Server.Fault fault(Failure failure, Instant now) {
        return new Server.Fault(
                failure.status(), failure.sentence(), Optional.of(failure.code() + " at step " + failure.step()), now);
    }
}
