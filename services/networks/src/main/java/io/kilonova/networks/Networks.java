package io.kilonova.networks;

import io.kilonova.access.Caller;
import io.kilonova.storage.Transaction;
import java.util.List;
import java.util.Optional;

/**
 * What compute needs of networks, in its own words. Every command is idempotent: an operation that repeats its step after a
 * crash finds the ports of its server and goes on with them.
 */
public interface Networks {
    /**
     * Checks what a caller asks for a new server, before anything is made: that the networks and ports exist and are the
     * caller's to use, that a port is free, that an address fits and is free, that security groups exist. Finds the
     * network when none is named.
     *
     * @return the cards to connect, each with its network or port
     * @throws io.kilonova.errors.ServiceException in the words of Nova for each of these
     */
    List<CardRequest> plan(Caller caller, NetworkChoice choice, List<String> securityGroups);

    /** Makes the ports that the server lacks and binds all of them to its host, in the order of the requests. */
    List<ServerCard> connect(ServerPlace server, List<CardRequest> requests);

    /**
     * Binds every port of a server to the host that it is at now: it moved there, or came back. What {@link #announce} said
     * is over.
     */
    List<ServerCard> bind(ServerPlace server);

    /** Binds every port of some servers to the name that their host has from now on, in the transaction that gives it. */
    void renameHost(Transaction transaction, List<String> serverIds, String host);

    /** Says that a running server is about to move to {@code host}, while its ports stay bound where it is. */
    void announce(String serverId, String host);

    /**
     * Adds one card to a server that has others; a card that it has already is answered again.
     *
     * @param portId the id of the port that is made; of the one that is asked for, when it is there already
     */
    ServerCard attach(ServerPlace server, CardRequest request, String portId);

    /** Takes one card away: deletes the port if {@link #connect} or {@link #attach} made it, else frees it. */
    void detach(String serverId, String portId);

    /** Takes every card away. Nothing happens when there is none. */
    void disconnect(String serverId);

    /** The cards as they are now. */
    List<ServerCard> cards(String serverId);

    /** The security groups of the caller's project. */
    List<SecurityGroup> securityGroups(Caller caller);

    /** The security groups of a server's ports. */
    List<SecurityGroup> securityGroupsOf(String serverId);

    /** Adds a security group to every port of a server. */
    void addSecurityGroup(Caller caller, String serverId, String group);

    /** Takes a security group from every port of a server. */
    void removeSecurityGroup(Caller caller, String serverId, String group);

    /** Which server has this address on this network: how the metadata service knows its callers. */
    Optional<String> serverAt(String networkId, String address);

    /** Tells {@code observer} in each transaction that changes a server's cards from the network's side. */
    void observe(CardObserver observer);

    /** Hears of servers whose cards changed: a floating IP came or went, a port was updated or deleted. */
    @FunctionalInterface
    interface CardObserver {
        /** The cards of {@code serverId} are {@code cards} once {@code transaction} commits. */
        void cardsChanged(Transaction transaction, String serverId, List<ServerCard> cards);
    }
}
