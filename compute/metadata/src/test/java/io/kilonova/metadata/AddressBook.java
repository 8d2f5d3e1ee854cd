package io.kilonova.metadata;

import io.kilonova.access.Caller;
import io.kilonova.networks.CardRequest;
import io.kilonova.networks.NetworkChoice;
import io.kilonova.networks.Networks;
import io.kilonova.networks.SecurityGroup;
import io.kilonova.networks.ServerCard;
import io.kilonova.networks.ServerPlace;
import io.kilonova.storage.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Networks in memory, as far as metadata knows of them: whose each address is, which may change at any time. */
final class AddressBook implements Networks {
    private final Map<Asker, String> owners = new ConcurrentHashMap<>();

    /** Gives an address to a server; takes it from whoever had it. */
    void give(String networkId, String address, String serverId) {
        owners.put(new Asker(networkId, address), serverId);
    }

    @Override
    public Optional<String> serverAt(String networkId, String address) {
        return Optional.ofNullable(owners.get(new Asker(networkId, address)));
    }

    @Override
    public void disconnect(String serverId) {
        owners.values().removeIf(serverId::equals);
    }

    @Override
    public List<CardRequest> plan(Caller caller, NetworkChoice choice, List<String> securityGroups) {
        throw notAsked();
    }

    @Override
    public List<ServerCard> connect(ServerPlace server, List<CardRequest> requests) {
        throw notAsked();
    }

    @Override
    public void renameHost(Transaction transaction, List<String> serverIds, String host) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ServerCard> bind(ServerPlace server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void announce(String serverId, String host) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ServerCard attach(ServerPlace server, CardRequest request, String portId) {
        throw notAsked();
    }

    @Override
    public void detach(String serverId, String portId) {
        throw notAsked();
    }

    @Override
    public List<ServerCard> cards(String serverId) {
        throw notAsked();
    }

    @Override
    public List<SecurityGroup> securityGroups(Caller caller) {
        throw notAsked();
    }

    @Override
    public List<SecurityGroup> securityGroupsOf(String serverId) {
        return List.of();
    }

    @Override
    public void addSecurityGroup(Caller caller, String serverId, String group) {
        throw notAsked();
    }

    @Override
    public void removeSecurityGroup(Caller caller, String serverId, String group) {
        throw notAsked();
    }

    @Override
    public void observe(CardObserver observer) {
        throw notAsked();
    }

    private static AssertionError notAsked() {
        return new AssertionError("metadata asks networks whose an address is, and changes nothing");
    }
}
