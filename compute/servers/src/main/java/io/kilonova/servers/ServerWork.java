package io.kilonova.servers;

import java.util.Optional;

/**
 * What an operation on a server that has its place knows.
 *
 * @param serverId the server
 * @param requester who asked
 * @param command what is asked
 * @param before the state to return to when it fails
 * @param host where it was when that was asked; empty also of what an earlier release accepted
 * @param card the card that is attached or detached
 */
public record ServerWork(
        String serverId,
        Requester requester,
        ServerCommand command,
        VmState before,
        Optional<String> host,
        Optional<CardWork> card) {
    static ServerWork of(Server server, Requester requester, ServerCommand command) {
        return new ServerWork(server.id(), requester, command, server.vmState(), server.host(), Optional.empty());
    }

    ServerWork withCard(CardWork chosen) {
        return new ServerWork(serverId, requester, command, before, host, Optional.of(chosen));
    }
}
