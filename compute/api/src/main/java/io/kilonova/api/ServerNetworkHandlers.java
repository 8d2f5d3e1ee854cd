package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Microversion;
import io.kilonova.http.Request;
import io.kilonova.networks.CardRequest;
import io.kilonova.networks.Networks;
import io.kilonova.networks.SecurityGroup;
import io.kilonova.networks.ServerCard;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.Server;
import io.kilonova.servers.ServerError;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The addresses, network cards and security groups of servers. */
final class ServerNetworkHandlers {
    private final ComputeService compute;
    private final Networks networks;

    ServerNetworkHandlers(ComputeService compute, Networks networks) {
        this.compute = compute;
        this.networks = networks;
    }

    private Server server(Request request) {
        return compute.servers().get(request.caller().visibility(), request.path("id"));
    }

    Answer addresses(Request request) {
        List<ServerCard> cards = server(request).cards();
        Set<String> labels = new LinkedHashSet<>();
        cards.forEach(card -> labels.add(card.networkLabel()));
        return Answer.json(json -> json.object(() -> json.object(
                "addresses",
                () -> labels.forEach(label -> ServerView.addresses(json, label, labelled(cards, label), false)))));
    }

    Answer addressesOf(Request request) {
        String label = request.path("network");
        List<ServerCard> cards = labelled(server(request).cards(), label);
        if (cards.isEmpty()) {
            throw NOT_A_NETWORK.with();
        }
        return Answer.json(json -> json.object(() -> ServerView.addresses(json, label, cards, false)));
    }

    private static final HttpError NOT_A_NETWORK = HttpError.NOT_FOUND;

    private static List<ServerCard> labelled(List<ServerCard> cards, String label) {
        return cards.stream().filter(card -> card.networkLabel().equals(label)).toList();
    }

    Answer interfaces(Request request) {
        List<ServerCard> cards = networks.cards(server(request).id());
        return Answer.json(json -> json.object(() -> json.array(
                "interfaceAttachments",
                () -> cards.forEach(card -> json.object(() -> card(json, card, request.version()))))));
    }

    Answer showInterface(Request request) {
        String port = request.path("port");
        ServerCard found = networks.cards(server(request).id()).stream()
                .filter(card -> card.portId().equals(port))
                .findFirst()
                .orElseThrow(() -> ServerError.PORT_NOT_ATTACHED.with(port, request.path("id")));
        return attachment(found, request.version());
    }

    Answer attach(Request request) {
        JsonNode body = request.body().path("interfaceAttachment");
        CardRequest card = ServerBodyReader.card(body);
        if (card.networkId().isPresent() && card.portId().isPresent()) {
            throw HttpError.BODY_INVALID.with("Must not input both network_id and port_id");
        }
        if (card.fixedAddress().isPresent() && card.networkId().isEmpty()) {
            throw HttpError.BODY_INVALID.with("Must input network_id when request IP address");
        }
        ServerCard attached = compute.attachInterface(request.caller(), request.id(), request.path("id"), card);
        return attachment(attached, request.version());
    }

    Answer detach(Request request) {
        compute.detachInterface(request.caller(), request.id(), request.path("id"), request.path("port"));
        return Answer.empty();
    }

    Answer securityGroups(Request request) {
        return groups(networks.securityGroupsOf(server(request).id()));
    }

    Answer listSecurityGroups(Request request) {
        return groups(networks.securityGroups(request.caller()));
    }

    Answer showSecurityGroup(Request request) {
        SecurityGroup found = networks.securityGroups(request.caller()).stream()
                .filter(group -> group.id().equals(request.path("group")))
                .findFirst()
                .orElseThrow(() -> ServerError.SECURITY_GROUP_NOT_FOUND.with(request.path("group")));
        return Answer.json(json -> json.object(() -> {
            json.name("security_group");
            SecurityGroupView.write(json, found);
        }));
    }

    private static Answer groups(List<SecurityGroup> groups) {
        return Answer.json(json -> json.object(() ->
                json.array("security_groups", () -> groups.forEach(group -> SecurityGroupView.write(json, group)))));
    }

    Answer addSecurityGroup(Request request) {
        String name = request.body().path("addSecurityGroup").path("name").asString();
        networks.addSecurityGroup(request.caller(), server(request).id(), name);
        return Answer.empty();
    }

    Answer removeSecurityGroup(Request request) {
        String name = request.body().path("removeSecurityGroup").path("name").asString();
        networks.removeSecurityGroup(request.caller(), server(request).id(), name);
        return Answer.empty();
    }

    private static Answer attachment(ServerCard card, Microversion version) {
        return Answer.json(json ->
                json.object(() -> json.object("interfaceAttachment", () -> card(json, card, version))));
    }

    private static void card(JsonWriter json, ServerCard card, Microversion version) {
        json.field("net_id", card.networkId())
                .field("port_id", card.portId())
                .field("mac_addr", card.macAddress())
                .field("port_state", card.active() ? "ACTIVE" : "DOWN");
        json.array(
                "fixed_ips",
                () -> card.fixedAddresses()
                        .forEach(fixed -> json.object(
                                () -> json.field("subnet_id", fixed.subnetId()).field("ip_address", fixed.address()))));
        if (version.atLeast(2, 70)) {
            json.field("tag", card.tag());
        }
    }
}
