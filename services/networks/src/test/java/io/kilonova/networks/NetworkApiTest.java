package io.kilonova.networks;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.networks.NetworkCloud.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The Networking API's own rules, from outside. */
class NetworkApiTest extends OnEachDatabase {
    @Test
    void a_port_gets_an_address_a_card_and_the_default_group() {
        String network = cloud.network("ann", "blue");
        String subnet = cloud.subnet("ann", network, "10.0.0.0/24");
        JsonNode port = cloud.post("ann", "ports", "{'port': {'network_id': '%s'}}", network)
                .one();
        assertThat(port.path("fixed_ips").path(0).path("subnet_id").asString()).isEqualTo(subnet);
        assertThat(port.path("fixed_ips").path(0).path("ip_address").asString()).isEqualTo("10.0.0.3");
        assertThat(port.path("mac_address").asString()).startsWith("fa:16:3e:");
        assertThat(port.path("status").asString()).isEqualTo("DOWN");
        assertThat(port.has("binding:host_id")).isFalse();
        String group = port.path("security_groups").path(0).asString();
        JsonNode rules = cloud.get("ann", "security-groups/" + group).one().path("security_group_rules");
        assertThat(rules.valueStream()
                        .map(rule -> rule.path("direction").asString()
                                + rule.path("ethertype").asString()
                                + (rule.path("remote_group_id").asString("").equals(group) ? " members" : "")))
                .containsExactlyInAnyOrder("egressIPv4", "egressIPv6", "ingressIPv4 members", "ingressIPv6 members");
        assertThat(cloud.get("ann", "networks/" + network)
                        .one()
                        .path("subnets")
                        .path(0)
                        .asString())
                .isEqualTo(subnet);
    }

    @Test
    void an_address_is_given_once() {
        String network = cloud.network("ann", "blue");
        cloud.subnet("ann", network, "10.0.0.0/24");
        String body = "{'port': {'network_id': '%s', 'fixed_ips': [{'ip_address': '%s'}]}}";
        assertThat(cloud.post("ann", "ports", body, network, "10.0.0.50").status())
                .isEqualTo(201);
        Reply twice = cloud.post("ann", "ports", body, network, "10.0.0.50");
        assertThat(twice.status()).isEqualTo(409);
        assertThat(twice.type()).isEqualTo("IpAddressAlreadyAllocated");
        for (String wrong : List.of("10.0.1.5", "10.0.0.0", "10.0.0.255", "999.1.1.1", "nonsense", "::1")) {
            assertThat(cloud.post("ann", "ports", body, network, wrong).status())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }

    @Test
    void a_port_keeps_its_own_card_and_address_when_it_is_told_them_again() {
        String network = cloud.network("ann", "blue");
        String subnet = cloud.subnet("ann", network, "10.0.0.0/24");
        JsonNode port = cloud.post("root", "ports", "{'port': {'network_id': '%s'}}", network)
                .one();
        String path = "ports/" + port.path("id").asString();
        assertThat(cloud.put(
                                "root",
                                path,
                                "{'port': {'mac_address': '%s'}}",
                                port.path("mac_address").asString())
                        .status())
                .isEqualTo(200);
        Reply moved = cloud.put(
                "root", path, "{'port': {'fixed_ips': [{'subnet_id': '%s', 'ip_address': '10.0.0.77'}]}}", subnet);
        assertThat(moved.one().path("fixed_ips").path(0).path("ip_address").asString())
                .isEqualTo("10.0.0.77");
        assertThat(cloud.post(
                                "ann",
                                "ports",
                                "{'port': {'network_id': '%s', 'fixed_ips': [{'ip_address': '10.0.0.3'}]}}",
                                network)
                        .status())
                .as("the address that it left is free")
                .isEqualTo(201);
        Reply taken = cloud.post(
                "ann",
                "ports",
                "{'port': {'network_id': '%s', 'mac_address': '%s'}}",
                network,
                port.path("mac_address").asString());
        assertThat(taken.status()).isEqualTo(409);
        assertThat(taken.type()).isEqualTo("MacAddressInUse");
    }

    @Test
    void a_small_subnet_is_exhausted_with_a_clear_word() {
        String network = cloud.network("ann", "tiny");
        cloud.subnet("ann", network, "10.0.0.0/29");
        for (int port = 0; port < 4; port++) {
            cloud.port("ann", network);
        }
        Reply more = cloud.post("ann", "ports", "{'port': {'network_id': '%s'}}", network);
        assertThat(more.status()).isEqualTo(409);
        assertThat(more.type()).isEqualTo("IpAddressGenerationFailure");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            'cidr': '10.0.0.128/25' ; overlaps
            'cidr': '10.9.0.0/24', 'gateway_ip': '10.8.0.1' ; gateway
            'cidr': '10.9.0.0/24', 'gateway_ip': '10.9.0.255' ; gateway of all
            'cidr': '10.9.0.0/24', 'gateway_ip': '10.9.0.9', 'allocation_pools': [{'start': '10.9.0.5', 'end': '10.9.0.20'}] ; gateway in pool
            'cidr': '10.9.0.0/24', 'allocation_pools': [{'start': '10.9.0.20', 'end': '10.9.0.5'}] ; pool backwards
            'cidr': '10.9.0.0/24', 'allocation_pools': [{'start': '10.9.0.5', 'end': '10.9.0.20'}, {'start': '10.9.0.20', 'end': '10.9.0.30'}] ; pools overlap
            'cidr': '10.9.0.0/24', 'allocation_pools': [{'start': '10.9.1.5', 'end': '10.9.1.20'}] ; pool outside
            'cidr': '10.9.0.0/24', 'allocation_pools': ['all'] ; no pool
            'cidr': '10.9.0.0/31' ; too small
            'cidr': '127.0.0.0/24' ; this host
            'cidr': '224.0.1.0/24' ; many at once
            'cidr': 'fd00::/64' ; other version
            'cidr': 'nonsense' ; no network
            'cidr': '10.9.0.0/24', 'dns_nameservers': ['dns.example'] ; a name
            'cidr': '10.9.0.0/24', 'host_routes': [{'destination': 'x', 'nexthop': 'y'}] ; routes
            'cidr': '10.9.0.0/24', 'ipv6_ra_mode': 'slaac' ; mode of the other version
            """)
    void a_subnet_that_cannot_work_is_refused(String attributes, String why) {
        String network = cloud.network("ann", "blue");
        cloud.subnet("ann", network, "10.0.0.0/24");
        Reply refused = cloud.post(
                "ann", "subnets", "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, " + attributes + "}}");
        assertThat(refused.status()).as(why).isEqualTo(400);
        assertThat(refused.message()).as(why).isNotEmpty();
        assertThat(cloud.get("ann", "subnets").ids()).as(why).hasSize(1);
    }

    @Test
    void pools_may_come_in_any_order() {
        String network = cloud.network("ann", "blue");
        Reply made = cloud.post(
                "ann",
                "subnets",
                "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '10.0.0.0/24', 'allocation_pools':"
                        + " [{'start': '10.0.0.100', 'end': '10.0.0.110'}, {'start': '10.0.0.10', 'end': '10.0.0.20'}]}}",
                network);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
    }

    @Test
    void what_is_in_use_is_not_deleted() {
        String external = cloud.external();
        String network = cloud.network("ann", "blue");
        String subnet = cloud.subnet("ann", network, "10.0.0.0/24");
        String router = cloud.router("ann", external, subnet);
        String port = cloud.port("ann", network);
        String floating = cloud.make(
                "ann", "floatingips", "{'floatingip': {'floating_network_id': '%s', 'port_id': '%s'}}", external, port);
        String group = cloud.get("ann", "ports/" + port)
                .one()
                .path("security_groups")
                .path(0)
                .asString();

        assertThat(cloud.delete("ann", "networks/" + network).type()).isEqualTo("NetworkInUse");
        assertThat(cloud.delete("ann", "subnets/" + subnet).type()).isEqualTo("SubnetInUse");
        assertThat(cloud.delete("ann", "routers/" + router).type()).isEqualTo("RouterInUse");
        assertThat(cloud.delete("root", "security-groups/" + group).type()).isEqualTo("SecurityGroupInUse");
        assertThat(cloud.put("ann", "routers/" + router + "/remove_router_interface", "{'subnet_id': '%s'}", subnet)
                        .status())
                .isEqualTo(409);
        assertThat(cloud.put("ann", "routers/" + router, "{'router': {'external_gateway_info': {}}}")
                        .status())
                .isEqualTo(409);
        assertThat(cloud.put("ann", "subnets/" + subnet, "{'subnet': {'gateway_ip': '10.0.0.9'}}")
                        .status())
                .isEqualTo(409);
        String routerPort = cloud.get("ann", "ports?device_id=" + router).ids().getFirst();
        assertThat(cloud.delete("ann", "ports/" + routerPort).status()).isEqualTo(409);
        assertThat(cloud.put("root", "networks/" + external, "{'network': {'router:external': false}}")
                        .status())
                .isEqualTo(409);

        assertThat(cloud.delete("ann", "ports/" + port).status()).isEqualTo(204);
        JsonNode led = cloud.get("ann", "floatingips/" + floating).one();
        assertThat(led.path("port_id").isNull()).isTrue();
        assertThat(led.path("status").asString()).isEqualTo("DOWN");
        assertThat(cloud.put("ann", "routers/" + router + "/remove_router_interface", "{'subnet_id': '%s'}", subnet)
                        .status())
                .isEqualTo(200);
        assertThat(cloud.delete("ann", "routers/" + router).status()).isEqualTo(204);
        assertThat(cloud.delete("ann", "networks/" + network).status()).isEqualTo(204);
        assertThat(cloud.get("ann", "subnets").ids()).isEmpty();
        assertThat(cloud.get("ann", "ports").ids()).isEmpty();
        assertThat(cloud.delete("root", "networks/" + external).status())
                .as("a floating IP that leads nowhere holds up nothing")
                .isEqualTo(204);
        assertThat(cloud.get("ann", "floatingips").ids()).isEmpty();
        assertThat(cloud.get("root", "ports").ids()).isEmpty();
    }

    @Test
    void the_metadata_port_serves_every_subnet_and_goes_with_the_last() {
        String network = cloud.network("ann", "blue");
        String one = cloud.subnet("ann", network, "10.0.0.0/24");
        String other = cloud.subnet("ann", network, "10.0.1.0/24");
        List<String> ports = cloud.get("ann", "ports").ids();
        assertThat(ports).hasSize(1);
        assertThat(cloud.get("ann", "ports/" + ports.getFirst()).one().path("fixed_ips"))
                .hasSize(2);
        assertThat(cloud.delete("ann", "subnets/" + one).status()).isEqualTo(204);
        assertThat(cloud.get("ann", "ports/" + ports.getFirst()).one().path("fixed_ips"))
                .hasSize(1);
        assertThat(cloud.delete("ann", "subnets/" + other).status()).isEqualTo(204);
        assertThat(cloud.get("ann", "ports").ids()).isEmpty();
    }

    @Test
    void a_group_that_goes_takes_the_rules_that_name_it() {
        String web = cloud.make("ann", "security-groups", "{'security_group': {'name': 'web'}}");
        String data = cloud.make("ann", "security-groups", "{'security_group': {'name': 'data'}}");
        String rule = cloud.make(
                "ann",
                "security-group-rules",
                "{'security_group_rule': {'security_group_id': '%s', 'direction': 'ingress', 'protocol': 'tcp',"
                        + " 'port_range_min': 5432, 'port_range_max': 5432, 'remote_group_id': '%s'}}",
                data,
                web);
        assertThat(cloud.put("ann", "security-groups/" + web, "{'security_group': {'name': 'default'}}")
                        .type())
                .as("a project has one default group")
                .isEqualTo("SecurityGroupDefaultAlreadyExists");
        assertThat(cloud.delete("ann", "security-groups/" + web).status()).isEqualTo(204);
        assertThat(cloud.get("ann", "security-group-rules/" + rule).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            'protocol': 'tcp', 'port_range_min': 80 ; 400
            'remote_group_id': 'none' ; 404
            'ethertype': 'IPv6', 'remote_ip_prefix': '10.0.0.0/8' ; 400
            'protocol': 'tcp', 'port_range_min': 90, 'port_range_max': 80 ; 400
            'protocol': 'tcp', 'port_range_min': 0, 'port_range_max': 80 ; 400
            'protocol': 'tcp', 'port_range_min': 1, 'port_range_max': 70000 ; 400
            'port_range_min': 1, 'port_range_max': 2 ; 400
            'protocol': 'gre', 'port_range_min': 1, 'port_range_max': 2 ; 400
            'protocol': 'dccp', 'port_range_min': 1, 'port_range_max': 2 ; 400
            'protocol': 'icmp', 'port_range_min': 300 ; 400
            'protocol': 'icmp', 'port_range_max': 0 ; 400
            'protocol': 'icmpv6' ; 400
            'protocol': '256' ; 400
            'protocol': '-1' ; 400
            'protocol': 'tcp, drop' ; 400
            'remote_ip_prefix': 'fd00::/8' ; 400
            'remote_ip_prefix': '10.0.0.0/99' ; 400
            'remote_ip_prefix': '10.0.0.0/8 || 1' ; 400
            'direction': 'sideways' ; 400
            'protocol': 'tcp', 'port_range_min': '22', 'port_range_max': '22' ; 201
            'protocol': 'icmp', 'port_range_min': 8, 'port_range_max': 0 ; 201
            'protocol': 47 ; 201
            'remote_ip_prefix': '10.1.2.3' ; 201
            'ethertype': 'IPv6', 'protocol': 'icmp' ; 201
            """)
    void a_rule_is_taken_when_it_can_be_kept(String attributes, int status) {
        String group = cloud.make("ann", "security-groups", "{'security_group': {'name': 'web'}}");
        String body = "{'security_group_rule': {'security_group_id': '" + group + "'"
                + (attributes.contains("direction") ? "" : ", 'direction': 'ingress'") + ", " + attributes + "}}";
        Reply reply = cloud.post("ann", "security-group-rules", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        if (status == 201) {
            assertThat(cloud.post("ann", "security-group-rules", body).type()).isEqualTo("SecurityGroupRuleExists");
        }
    }

    @Test
    void quotas_are_kept_and_told() {
        assertThat(cloud.put("root", "quotas/" + NetworkCloud.ANNS, "{'quota': {'network': 1}}")
                        .status())
                .isEqualTo(200);
        cloud.network("ann", "one");
        Reply more = cloud.post("ann", "networks", "{'network': {}}");
        assertThat(more.status()).isEqualTo(409);
        assertThat(more.type()).isEqualTo("OverQuota");
        JsonNode details =
                cloud.get("ann", "quotas/" + NetworkCloud.ANNS + "/details").one();
        assertThat(details.path("network").path("used").asInt()).isEqualTo(1);
        assertThat(details.path("network").path("limit").asInt()).isEqualTo(1);
        assertThat(cloud.get("root", "quotas").one().path(0).path("project_id").asString())
                .isEqualTo(NetworkCloud.ANNS);
        assertThat(cloud.get("ann", "quotas").status()).isEqualTo(403);
        assertThat(cloud.put("ann", "quotas/" + NetworkCloud.ANNS, "{'quota': {'network': 100}}")
                        .status())
                .isEqualTo(403);
        assertThat(cloud.get("bob", "quotas/" + NetworkCloud.ANNS).status()).isIn(403, 404);
        for (String wrong : List.of("{'quota': {'network': -2}}", "{'quota': {'cats': 1}}", "{'quota': 3}", "{}")) {
            assertThat(cloud.put("root", "quotas/" + NetworkCloud.ANNS, wrong).status())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(cloud.delete("root", "quotas/" + NetworkCloud.ANNS).status()).isEqualTo(204);
        cloud.network("ann", "two");
    }

    @Test
    void lists_are_filtered_sorted_narrowed_and_paged() {
        for (String name : List.of("c", "a", "b")) {
            cloud.network("ann", name);
        }
        assertThat(names("networks?name=a&name=b")).containsExactlyInAnyOrder("a", "b");
        assertThat(names("networks?sort_key=name&sort_dir=desc")).containsExactly("c", "b", "a");
        JsonNode page = cloud.get("ann", "networks?sort_key=name&limit=2").json();
        assertThat(page.path("networks")).hasSize(2);
        String next = page.path("networks_links").path(0).path("href").asString();
        assertThat(names(next.substring(next.indexOf("networks?")))).containsExactly("c");
        assertThat(cloud.get("ann", "networks?fields=name&fields=id")
                        .one()
                        .path(0)
                        .propertyNames())
                .containsExactlyInAnyOrder("id", "name");
        assertThat(names("networks?router:external=True")).isEmpty();
        assertThat(names("networks?admin_state_up=True&status=ACTIVE")).hasSize(3);
        assertThat(cloud.get("ann", "networks?limit=many").status()).isEqualTo(400);
        assertThat(cloud.get("ann", "networks?marker=nobody").status()).isEqualTo(400);
    }

    private List<String> names(String path) {
        return cloud.get("ann", path)
                .one()
                .valueStream()
                .map(node -> node.path("name").asString())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "[]",
                "3",
                "{}",
                "{'network': []}",
                "{'network': null}",
                "{'network': 'x'}",
                "{'networks': []}",
                "{'networks': [1]}",
                "{'network': {'name': 7}}",
                "{'network': {'name': {}}}",
                "{'network': {'colour': 'blue'}}",
                "{'network': {'id': 'mine'}}",
                "{'network': {'status': 'ACTIVE'}}",
                "{'network': {'kilonova:server': 'x'}}",
                "{'network': {'mtu': 12}}",
                "{'network': {'mtu': 'big'}}",
                "{'network': {'mtu': 99999999999999999999}}",
                "{'network': {'admin_state_up': 'maybe'}}",
                "{'network': {'admin_state_up': null}}"
            })
    void garbage_gets_a_clear_error_and_makes_nothing(String body) {
        Reply refused = cloud.post("ann", "networks", body);
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.message()).isNotEmpty();
        assertThat(cloud.get("ann", "networks").ids()).isEmpty();
    }

    @Test
    void what_is_not_built_says_so() {
        assertThat(cloud.post(
                                "root",
                                "networks",
                                "{'network': {'provider:network_type': 'vlan', 'provider:physical_network': 'p'}}")
                        .status())
                .isEqualTo(501);
        String network = cloud.network("ann", "blue");
        assertThat(cloud.post(
                                "ann",
                                "ports",
                                "{'port': {'network_id': '%s', 'extra_dhcp_opts': [{'opt_name': 'a', 'opt_value': 'b'}]}}",
                                network)
                        .status())
                .isEqualTo(501);
        assertThat(cloud.post("ann", "ports", "{'port': {'network_id': '%s', 'binding:vnic_type': 'direct'}}", network)
                        .status())
                .isEqualTo(501);
        assertThat(cloud.post("ann", "security-groups", "{'security_group': {'name': 's', 'stateful': false}}")
                        .status())
                .isEqualTo(501);
    }

    @Test
    void tags_are_set_taken_away_and_filtered_by() {
        String blue = cloud.network("ann", "blue");
        cloud.network("ann", "green");
        assertThat(cloud.put("ann", "networks/" + blue + "/tags", "{'tags': ['a', 'b']}")
                        .status())
                .isEqualTo(200);
        assertThat(cloud.put("ann", "networks/" + blue + "/tags/c", "").status())
                .isEqualTo(201);
        assertThat(names("networks?tags=a,b")).containsExactly("blue");
        assertThat(names("networks?tags=a,x")).isEmpty();
        assertThat(names("networks?tags-any=a,x")).containsExactly("blue");
        assertThat(names("networks?not-tags-any=a")).containsExactly("green");
        assertThat(cloud.delete("ann", "networks/" + blue + "/tags/b").status()).isEqualTo(204);
        assertThat(cloud.delete("ann", "networks/" + blue + "/tags/b").status()).isEqualTo(404);
        assertThat(cloud.get("ann", "networks/" + blue).one().path("tags").toString())
                .isEqualTo("[\"a\",\"c\"]");
        assertThat(cloud.put("bob", "networks/" + blue + "/tags", "{'tags': []}")
                        .status())
                .isEqualTo(404);
        assertThat(cloud.put("ann", "networks/" + blue + "/tags", "{'tags': ['a,b']}")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.put("ann", "networks/" + blue + "/tags", "{'tags': 'a'}")
                        .status())
                .isEqualTo(400);
        assertThat(cloud.get("ann", "trunks").status()).isEqualTo(501);
    }

    @Test
    void all_of_many_are_made_or_none() {
        String network = cloud.network("ann", "blue");
        cloud.subnet("ann", network, "10.0.0.0/24");
        String one = "{'network_id': '" + network + "', 'fixed_ips': [{'ip_address': '10.0.0.9'}]}";
        assertThat(cloud.post("ann", "ports", "{'ports': [" + one + ", " + one + "]}")
                        .status())
                .isEqualTo(409);
        assertThat(cloud.get("ann", "ports?fixed_ips=ip_address=10.0.0.9").ids())
                .isEmpty();
        assertThat(cloud.post("ann", "ports", "{'ports': [" + one + "]}").status())
                .isEqualTo(201);
    }
}
