package io.kilonova.servers;

import io.kilonova.spi.LiveMigrationTarget;
import java.util.Optional;

/**
 * What the operation of a move knows.
 *
 * @param serverId the server
 * @param requester who asked
 * @param command what is asked
 * @param migrationId the move
 * @param source the host that the server leaves, or goes back to
 * @param destination the host that it goes to, or comes back from, once its room is taken
 * @param wish how it is asked to move
 * @param ran whether its guest held a processor when it began
 * @param startedOn the host where a second guest may run, once that has begun
 * @param target where the guest is sent while it runs
 * @param arrived whether it runs where it was to come, and does not go back whatever fails
 */
public record ServerMove(
        String serverId,
        Requester requester,
        ServerCommand command,
        String migrationId,
        String source,
        Optional<String> destination,
        Wish wish,
        boolean ran,
        Optional<String> startedOn,
        Optional<LiveMigrationTarget> target,
        boolean arrived) {
    /**
     * How a server is asked to move.
     *
     * @param host to this host alone
     * @param forced even when filters say no; capacity is checked all the same
     * @param copiesDisks whether a live migration copies the disks
     * @param staysOff whether an evacuated server is off afterwards (Compute API 2.95)
     */
    public record Wish(Optional<String> host, boolean forced, boolean copiesDisks, boolean staysOff) {
        /** Wherever there is room. */
        public static Wish anywhere() {
            return to(Optional.empty(), false);
        }

        /** To a host, if one is given. */
        public static Wish to(Optional<String> host, boolean forced) {
            return new Wish(host, forced, true, false);
        }
    }

    static ServerMove of(Migration migration, Requester requester, ServerCommand command, Wish wish, boolean ran) {
        return new ServerMove(
                migration.serverId(),
                requester,
                command,
                migration.id(),
                migration.source(),
                migration.destination(),
                wish,
                ran,
                Optional.empty(),
                Optional.empty(),
                false);
    }

    /** The decided destination. */
    String goal() {
        return destination.orElseThrow();
    }

    ServerMove to(Optional<String> host) {
        return with(host, startedOn, target, arrived);
    }

    ServerMove starting(Optional<String> host) {
        return with(destination, host, target, arrived);
    }

    ServerMove sentTo(LiveMigrationTarget prepared) {
        return with(destination, startedOn, Optional.of(prepared), arrived);
    }

    ServerMove arriving() {
        return with(destination, startedOn, target, true);
    }

    private ServerMove with(
            Optional<String> newDestination,
            Optional<String> newStartedOn,
            Optional<LiveMigrationTarget> newTarget,
            boolean newArrived) {
        return new ServerMove(
                serverId,
                requester,
                command,
                migrationId,
                source,
                newDestination,
                wish,
                ran,
                newStartedOn,
                newTarget,
                newArrived);
    }
}
