package io.kilonova.networks;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.networks.NetworkCloud.Reply;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Bob tries with what is Ann's: her ids in every place where an id may stand. */
class NetworkTenancyTest extends OnEachDatabase {
    private String external;
    private String network;
    private String subnet;
    private String port;
    private String group;
    private String router;
    private String floating;
    private String bobsNetwork;
    private String bobsSubnet;
    private String bobsPort;
    private String bobsRouter;

    @BeforeEach
    void furnish() {
        external = cloud.external();
        network = cloud.network("ann", "anns");
        subnet = cloud.subnet("ann", network, "10.0.0.0/24");
        port = cloud.port("ann", network);
        group = cloud.make("ann", "security-groups", "{'security_group': {'name': 'ann'}}");
        router = cloud.router("ann", external, subnet);
        floating = cloud.make("ann", "floatingips", "{'floatingip': {'floating_network_id': '%s'}}", external);
        bobsNetwork = cloud.network("bob", "bobs");
        bobsSubnet = cloud.subnet("bob", bobsNetwork, "10.1.0.0/24");
        bobsPort = cloud.port("bob", bobsNetwork);
        bobsRouter = cloud.make("bob", "routers", "{'router': {'name': 'bob'}}");
    }

    @Test
    void nothing_of_anothers_is_seen_changed_or_deleted() {
        for (String path : List.of(
                "networks/" + network,
                "subnets/" + subnet,
                "ports/" + port,
                "security-groups/" + group,
                "routers/" + router,
                "floatingips/" + floating)) {
            String kind = path.substring(0, path.indexOf('/') - 1).replace('-', '_');
            assertThat(cloud.get("bob", path).status()).as(path).isEqualTo(404);
            assertThat(cloud.put("bob", path, "{'%s': {'description': 'mine'}}", kind)
                            .status())
                    .as(path)
                    .isEqualTo(404);
            assertThat(cloud.delete("bob", path).status()).as(path).isEqualTo(404);
            String list = path.substring(0, path.indexOf('/'));
            assertThat(cloud.get("bob", list).ids()).as(list).doesNotContain(path.substring(path.indexOf('/') + 1));
            assertThat(cloud.get("bob", list + "?project_id=" + NetworkCloud.ANNS)
                            .ids())
                    .as(list)
                    .doesNotContain(path.substring(path.indexOf('/') + 1));
        }
    }

    @Test
    void anothers_network_takes_no_port_and_no_subnet() {
        refused(404, "POST", "ports", "{'port': {'network_id': '%s'}}", network);
        refused(
                404,
                "POST",
                "subnets",
                "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '10.7.0.0/24'}}",
                network);
        refused(
                400,
                "POST",
                "ports",
                "{'port': {'network_id': '%s', 'fixed_ips': [{'subnet_id': '%s'}]}}",
                bobsNetwork,
                subnet);
        refused(403, "POST", "networks", "{'network': {'project_id': '%s'}}", NetworkCloud.ANNS);
        refused(403, "POST", "networks", "{'network': {'router:external': true}}");
        refused(403, "POST", "networks", "{'network': {'shared': true}}");
        refused(
                403,
                "POST",
                "networks",
                "{'network': {'provider:network_type': 'flat', 'provider:physical_network': 'public'}}");
    }

    @Test
    void anothers_group_guards_nothing_and_is_named_by_no_rule() {
        refused(404, "POST", "ports", "{'port': {'network_id': '%s', 'security_groups': ['%s']}}", bobsNetwork, group);
        refused(404, "PUT", "ports/" + bobsPort, "{'port': {'security_groups': ['%s']}}", group);
        refused(
                404,
                "POST",
                "security-group-rules",
                "{'security_group_rule': {'security_group_id': '%s', 'direction': 'ingress'}}",
                group);
        String bobs = cloud.make("bob", "security-groups", "{'security_group': {'name': 'bob'}}");
        refused(
                404,
                "POST",
                "security-group-rules",
                "{'security_group_rule': {'security_group_id': '%s', 'direction': 'ingress', 'remote_group_id': '%s'}}",
                bobs,
                group);
    }

    @Test
    void a_router_enters_no_network_of_anothers() {
        refused(404, "PUT", "routers/" + bobsRouter + "/add_router_interface", "{'subnet_id': '%s'}", subnet);
        refused(404, "PUT", "routers/" + bobsRouter + "/add_router_interface", "{'port_id': '%s'}", port);
        refused(404, "PUT", "routers/" + router + "/add_router_interface", "{'subnet_id': '%s'}", bobsSubnet);
        refused(404, "PUT", "routers/" + router + "/remove_router_interface", "{'subnet_id': '%s'}", subnet);
        refused(
                404,
                "PUT",
                "routers/" + bobsRouter,
                "{'router': {'external_gateway_info': {'network_id': '%s'}}}",
                network);
        refused(
                400,
                "PUT",
                "routers/" + bobsRouter,
                "{'router': {'external_gateway_info': {'network_id': '%s'}}}",
                bobsNetwork);
        refused(
                403,
                "PUT",
                "routers/" + bobsRouter,
                "{'router': {'external_gateway_info': {'network_id': '%s', 'external_fixed_ips':"
                        + " [{'ip_address': '172.24.4.1'}]}}}",
                external);
    }

    @Test
    void a_port_that_claims_to_be_anothers_routers_is_refused() {
        for (String owner : List.of("network:router_interface", "network:router_gateway", "network:distributed")) {
            refused(
                    403,
                    "POST",
                    "ports",
                    "{'port': {'network_id': '%s', 'device_id': '%s', 'device_owner': '%s'}}",
                    bobsNetwork,
                    router,
                    owner);
            refused(
                    403,
                    "PUT",
                    "ports/" + bobsPort,
                    "{'port': {'device_id': '%s', 'device_owner': '%s'}}",
                    router,
                    owner);
        }
    }

    @Test
    void a_floating_ip_leads_to_no_port_of_anothers() {
        refused(
                404,
                "POST",
                "floatingips",
                "{'floatingip': {'floating_network_id': '%s', 'port_id': '%s'}}",
                external,
                port);
        String bobs = cloud.make("bob", "floatingips", "{'floatingip': {'floating_network_id': '%s'}}", external);
        refused(404, "PUT", "floatingips/" + bobs, "{'floatingip': {'port_id': '%s'}}", port);
        refused(404, "PUT", "floatingips/" + floating, "{'floatingip': {'port_id': '%s'}}", bobsPort);
        refused(404, "POST", "floatingips", "{'floatingip': {'floating_network_id': '%s'}}", network);
        refused(
                403,
                "POST",
                "floatingips",
                "{'floatingip': {'floating_network_id': '%s', 'floating_ip_address': '172.24.4.1'}}",
                external);
    }

    @Test
    void on_a_shared_network_a_tenant_takes_what_they_are_given() {
        String shared = cloud.make("root", "networks", "{'network': {'name': 'shared', 'shared': true}}");
        String inIt = cloud.subnet("root", shared, "10.5.0.0/24");
        assertThat(cloud.post("bob", "ports", "{'port': {'network_id': '%s'}}", shared)
                        .status())
                .isEqualTo(201);
        for (String attribute : List.of(
                "'fixed_ips': [{'ip_address': '10.5.0.1'}]",
                "'mac_address': 'fa:16:3e:00:00:99'",
                "'port_security_enabled': false",
                "'allowed_address_pairs': [{'ip_address': '10.5.0.0/24'}]")) {
            refused(403, "POST", "ports", "{'port': {'network_id': '" + shared + "', " + attribute + "}}");
        }
        refused(
                403,
                "POST",
                "subnets",
                "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '10.6.0.0/24'}}",
                shared);
        refused(403, "PUT", "routers/" + bobsRouter + "/add_router_interface", "{'subnet_id': '%s'}", inIt);
        refused(403, "PUT", "networks/" + shared, "{'network': {'name': 'mine'}}");
        refused(403, "DELETE", "networks/" + shared, "");
        refused(403, "DELETE", "subnets/" + inIt, "");
        assertThat(cloud.put("root", "networks/" + shared, "{'network': {'shared': false}}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void a_port_that_claims_anothers_server_is_not_that_servers() {
        ServerPlace server =
                new ServerPlace(UUID.randomUUID().toString(), NetworkCloud.ANNS, "anns-server", "host", "nova");
        List<CardRequest> planned = cloud.networks()
                .plan(
                        NetworkCloud.caller("ann"),
                        new NetworkChoice.Cards(List.of(new CardRequest(
                                Optional.of(network),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of()))),
                        List.of());
        List<ServerCard> cards = cloud.networks().connect(server, planned);
        assertThat(cards).hasSize(1);
        String address = cards.getFirst().fixedAddresses().getFirst().address();
        assertThat(cloud.networks().serverAt(network, address)).contains(server.serverId());

        Reply claimed = cloud.post(
                "bob",
                "ports",
                "{'port': {'network_id': '%s', 'device_id': '%s', 'device_owner': 'compute:nova',"
                        + " 'fixed_ips': [{'ip_address': '10.1.0.66'}]}}",
                bobsNetwork,
                server.serverId());
        assertThat(claimed.status()).isEqualTo(201);
        assertThat(cloud.networks().serverAt(bobsNetwork, "10.1.0.66"))
                .as("metadata of Ann's server is not told to who claims to be it")
                .isEmpty();
        assertThat(cloud.networks().cards(server.serverId())).hasSize(1);
        cloud.networks().disconnect(server.serverId());
        assertThat(cloud.get("bob", "ports/" + claimed.id()).status()).isEqualTo(200);
        assertThat(cloud.networks().cards(server.serverId())).isEmpty();
    }

    @Test
    void a_port_in_a_server_is_not_given_to_another_server() {
        ServerPlace server =
                new ServerPlace(UUID.randomUUID().toString(), NetworkCloud.BOBS, "bobs-server", "host", "nova");
        cloud.networks()
                .connect(
                        server,
                        List.of(new CardRequest(
                                Optional.of(bobsNetwork),
                                Optional.of(bobsPort),
                                Optional.empty(),
                                Optional.empty(),
                                List.of())));
        refused(409, "PUT", "ports/" + bobsPort, "{'port': {'device_id': '%s'}}", UUID.randomUUID());
        assertThat(cloud.put("bob", "ports/" + bobsPort, "{'port': {'name': 'renamed'}}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void who_only_reads_changes_nothing() {
        assertThat(cloud.get("rita", "networks/" + network).status()).isEqualTo(200);
        assertThat(cloud.post("rita", "networks", "{'network': {}}").status()).isEqualTo(403);
        assertThat(cloud.put("rita", "networks/" + network, "{'network': {'name': 'x'}}")
                        .status())
                .isEqualTo(403);
        assertThat(cloud.delete("rita", "ports/" + port).status()).isEqualTo(403);
        assertThat(cloud.get("nobody", "networks").status()).isEqualTo(401);
    }

    private void refused(int status, String method, String path, String json, Object... arguments) {
        Reply reply = switch (method) {
            case "POST" -> cloud.post("bob", path, json, arguments);
            case "PUT" -> cloud.put("bob", path, json, arguments);
            default -> cloud.delete("bob", path);
        };
        assertThat(reply.status())
                .as(method + " " + path + " " + json + ": " + reply.text())
                .isEqualTo(status);
    }
}
