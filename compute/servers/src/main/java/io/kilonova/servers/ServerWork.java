package io.kilonova.servers;

import java.util.Optional;

/**
 * What an operation on a server that has its place knows.
 *
 * @param serverId the server
 * @param requester who asked
 * @param command what is asked
 * @param before the state to return to when it fails
 * @param card the card that is attached or detached
 */
public record ServerWork(
        String serverId, Requester requester, ServerCommand command, VmState before, Optional<CardWork> card) {
    static ServerWork of(Server server, Requester requester, ServerCommand command) {
        return new ServerWork(server.id(), requester, command, server.vmState(), Optional.empty());
    }

    ServerWork withCard(CardWork chosen) {
        return new ServerWork(serverId, requester, command, before, Optional.of(chosen));
    }
}
