package io.kilonova.networks;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.networks.NetworkCloud.Reply;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Addresses that guests make of their cards' MAC addresses (RFC 4862), and the ports that have to have the same. */
class AutomaticAddressTest {
    private static final String MAC = "fa:16:3e:78:41:63";
    private static final String MADE = "fd66:1::f816:3eff:fe78:4163";

    private Database database;
    private NetworkCloud cloud;
    private String network;

    @BeforeEach
    void start(@TempDir Path folder) {
        database = Database.open(
                DatabaseOptions.sqlite(folder.resolve("networks.db")), List.of(BuiltInNetworks.MIGRATIONS));
        cloud = new NetworkCloud(database, NetworkBackend.none());
        network = cloud.network("ann", "six");
    }

    @AfterEach
    void stop() {
        cloud.close();
        database.close();
    }

    private Reply subnet(String attributes) {
        return cloud.post(
                "ann", "subnets", "{'subnet': {'network_id': '%s', 'ip_version': 6, %s}}", network, attributes);
    }

    private String slaac(String cidr) {
        return subnet("'cidr': '%s', 'ipv6_ra_mode': 'slaac', 'ipv6_address_mode': 'slaac'".formatted(cidr))
                .id();
    }

    private Reply port(String attributes) {
        return cloud.post(
                "root", "ports", "{'port': {'network_id': '%s', 'mac_address': '%s'%s}}", network, MAC, attributes);
    }

    private static List<String> addresses(JsonNode port) {
        return port.path("fixed_ips")
                .valueStream()
                .map(fixed -> fixed.path("ip_address").asString())
                .toList();
    }

    @Test
    void a_port_has_the_address_that_its_guest_makes_on_each_such_subnet() {
        cloud.subnet("ann", network, "10.0.0.0/24");
        slaac("fd66:1::/64");
        slaac("fd66:2::/64");
        assertThat(addresses(port("").one())).containsExactly("10.0.0.3", MADE, "fd66:2::f816:3eff:fe78:4163");
    }

    @Test
    void another_address_is_refused_and_the_same_is_not() {
        String subnet = slaac("fd66:1::/64");
        String wrong = ", 'fixed_ips': [{'subnet_id': '%s', 'ip_address': 'fd66:1::9'}]".formatted(subnet);
        assertThat(port(wrong).status()).isEqualTo(400);
        assertThat(port(wrong).message()).contains("automatic addresses");
        assertThat(addresses(port(wrong.replace("fd66:1::9", MADE)).one())).containsExactly(MADE);
    }

    @Test
    void ports_that_are_there_join_a_new_subnet_and_leave_one_that_goes() {
        String port = port("").id();
        String subnet = slaac("fd66:1::/64");
        assertThat(addresses(cloud.get("root", "ports/" + port).one())).containsExactly(MADE);
        assertThat(cloud.delete("ann", "subnets/" + subnet).status()).isEqualTo(204);
        assertThat(addresses(cloud.get("root", "ports/" + port).one())).isEmpty();
    }

    @Test
    void a_server_is_told_when_its_port_joins_a_subnet_or_leaves_one() {
        List<Integer> told = new ArrayList<>();
        cloud.networks()
                .observe((transaction, server, cards) ->
                        told.add(cards.getFirst().fixedAddresses().size()));
        cloud.networks()
                .connect(
                        new ServerPlace(UUID.randomUUID().toString(), NetworkCloud.ANNS, "server", "host", "nova"),
                        List.of(new CardRequest(
                                Optional.of(network),
                                Optional.of(port(", 'project_id': '" + NetworkCloud.ANNS + "'")
                                        .id()),
                                Optional.empty(),
                                Optional.empty(),
                                List.of())));
        told.clear();
        String subnet = slaac("fd66:1::/64");
        assertThat(cloud.delete("ann", "subnets/" + subnet).status()).isEqualTo(204);
        assertThat(told).containsExactly(1, 0);
    }

    @Test
    void another_card_makes_another_address() {
        slaac("fd66:1::/64");
        String port = port("").id();
        Reply changed = cloud.put("root", "ports/" + port, "{'port': {'mac_address': 'fa:16:3e:00:00:01'}}");
        assertThat(addresses(changed.one())).containsExactly("fd66:1::f816:3eff:fe00:1");
    }

    @Test
    void a_router_has_the_gateways_address() {
        String router = cloud.make("ann", "routers", "{'router': {}}");
        Reply added = cloud.put(
                "ann", "routers/" + router + "/add_router_interface", "{'subnet_id': '%s'}", slaac("fd66:1::/64"));
        assertThat(added.status()).isEqualTo(200);
        String port = added.json().path("port_id").asString();
        assertThat(addresses(cloud.get("ann", "ports/" + port).one())).containsExactly("fd66:1::1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            'cidr': 'fd66:1::/80', 'ipv6_address_mode': 'slaac' ; there is no room for a MAC address
            'cidr': 'fd66:1::/64', 'ipv6_address_mode': 'slaac', 'ipv6_ra_mode': 'dhcpv6-stateful' ; two modes
            'cidr': 'fd66:1::/64', 'ipv6_ra_mode': 'magic' ; no mode
            """)
    void a_subnet_whose_guests_would_have_no_address_is_refused(String attributes, String why) {
        assertThat(subnet(attributes).status()).as(why).isEqualTo(400);
        assertThat(cloud.get("ann", "subnets").ids()).as(why).isEmpty();
    }
}
