package io.kilonova.networks;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.networks.NetworkCloud.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a port's guest is told by DHCP for itself, and what nobody tells a switch that way. */
class PortDhcpOptionsTest extends OnEachDatabase {
    @Test
    void a_ports_own_dhcp_options_are_kept_changed_and_taken_away_by_name() {
        String network = cloud.network("ann", "n");
        Reply port = cloud.post("ann", "ports", """
                {'port': {'network_id': '%s', 'extra_dhcp_opts': [{'opt_name': 'mtu', 'opt_value': '1400'},
                 {'opt_name': 'tftp-server', 'opt_value': '10.0.0.9', 'ip_version': 4}]}}""", network);
        assertThat(port.one().path("extra_dhcp_opts")).hasSize(2);
        Reply changed = cloud.put("ann", "ports/" + port.id(), """
                {'port': {'extra_dhcp_opts': [{'opt_name': 'mtu', 'opt_value': '1300'},
                 {'opt_name': 'tftp-server', 'opt_value': null}]}}""");
        assertThat(changed.one().path("extra_dhcp_opts").toString())
                .isEqualTo("[{\"opt_name\":\"mtu\",\"ip_version\":4,\"opt_value\":\"1300\"}]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            mtu ; `1400); outport = \\"other\\"; output`
            mtu ; `1400, router = 10.0.0.9`
            router ; `10.0.0.1); next;`
            dns-server ; `10.0.0.1}, mtu = {1`
            dns-server ; `fd00::1`
            domain-name ; `a\\"b`
            domain-name ; `a\\nb`
            bootfile-name ; `$other`
            """)
    void a_dhcp_option_adds_nothing_to_what_the_switch_does(String name, String value) {
        String network = cloud.network("ann", "n");
        Reply refused = cloud.post(
                "ann",
                "ports",
                "{'port': {'network_id': '%s', 'extra_dhcp_opts': [{'opt_name': '%s', 'opt_value': '%s'}]}}",
                network,
                name,
                value);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains("cannot be told by DHCP");
        assertThat(cloud.get("ann", "ports").ids()).isEmpty();
    }
}
