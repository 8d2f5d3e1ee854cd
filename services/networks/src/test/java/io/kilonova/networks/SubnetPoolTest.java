package io.kilonova.networks;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.networks.NetworkCloud.Reply;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Subnets that are cut out of pools, and subnets that are for some ports alone. */
class SubnetPoolTest extends OnEachDatabase {
    private static String pool(String attributes) {
        return cloud.make(
                "ann",
                "subnetpools",
                "{'subnetpool': {'name': 'p', 'prefixes': ['10.9.0.0/16', '10.8.0.0/24'], 'default_prefixlen': 25%s}}",
                attributes);
    }

    private static Reply cut(String who, String attributes) {
        return cloud.post(
                who,
                "subnets",
                "{'subnet': {'network_id': '%s', 'ip_version': 4, %s}}",
                cloud.network(who, "n"),
                attributes);
    }

    private static String cidr(Reply subnet) {
        return subnet.one().path("cidr").asString();
    }

    @Test
    void each_subnet_gets_the_first_prefix_that_is_free() {
        String pool = "'subnetpool_id': '" + pool("") + "'";
        assertThat(cidr(cut("ann", pool))).isEqualTo("10.9.0.0/25");
        assertThat(cidr(cut("ann", pool + ", 'prefixlen': 24"))).isEqualTo("10.9.1.0/24");
        Reply third = cut("ann", pool);
        assertThat(cidr(third)).isEqualTo("10.9.0.128/25");
        assertThat(third.one().has("prefixlen")).isFalse();
        assertThat(cloud.delete("ann", "subnets/" + third.id()).status()).isEqualTo(204);
        assertThat(cidr(cut("ann", pool))).isEqualTo("10.9.0.128/25");
    }

    @Test
    void who_asks_at_once_gets_another_prefix() throws Exception {
        String pool = "'subnetpool_id': '" + pool("") + "'";
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> cuts = threads.invokeAll(Collections.nCopies(8, () -> cut("ann", pool)));
            Set<String> prefixes = new HashSet<>();
            for (Future<Reply> cut : cuts) {
                assertThat(cut.get().status()).isEqualTo(201);
                prefixes.add(cidr(cut.get()));
            }
            assertThat(prefixes).hasSize(8);
        }
    }

    @Test
    void a_named_network_has_to_be_the_pools_and_free() {
        String pool = "'subnetpool_id': '" + pool("") + "'";
        assertThat(cidr(cut("ann", pool + ", 'cidr': '10.8.0.0/24'"))).isEqualTo("10.8.0.0/24");
        assertThat(cut("ann", pool + ", 'cidr': '10.8.0.128/25'").status()).isEqualTo(409);
        assertThat(cut("ann", pool + ", 'cidr': '10.7.0.0/24'").status()).isEqualTo(409);
        assertThat(cut("ann", pool + ", 'prefixlen': 4").status()).isEqualTo(400);
    }

    @Test
    void a_pool_that_is_used_up_or_used_says_so() {
        String small = cloud.make(
                "ann", "subnetpools", "{'subnetpool': {'prefixes': ['10.9.0.0/24'], 'default_prefixlen': 24}}");
        assertThat(cut("ann", "'subnetpool_id': '" + small + "'").status()).isEqualTo(201);
        assertThat(cut("ann", "'subnetpool_id': '" + small + "'").type()).isEqualTo("SubnetAllocationError");
        assertThat(cloud.delete("ann", "subnetpools/" + small).status()).isEqualTo(409);
    }

    @Test
    void a_project_cuts_as_much_as_its_quota_allows() {
        String pool = "'subnetpool_id': '" + pool(", 'default_quota': 256") + "'";
        assertThat(cut("ann", pool).status()).isEqualTo(201);
        assertThat(cut("ann", pool + ", 'prefixlen': 24").type()).isEqualTo("SubnetPoolQuotaExceeded");
        assertThat(cut("ann", pool).status()).isEqualTo(201);
    }

    @Test
    void the_default_pool_serves_whoever_sees_it_and_nobody_cuts_from_anothers() {
        assertThat(cut("ann", "'use_default_subnetpool': true").status()).isEqualTo(400);
        cloud.make(
                "root",
                "subnetpools",
                "{'subnetpool': {'prefixes': ['10.6.0.0/16'], 'default_prefixlen': 26, 'shared': true, 'is_default': true}}");
        assertThat(cidr(cut("ann", "'use_default_subnetpool': true"))).isEqualTo("10.6.0.0/26");
        assertThat(cut("bob", "'subnetpool_id': '" + pool("") + "'").status()).isEqualTo(404);
        assertThat(cloud.post("ann", "subnetpools", "{'subnetpool': {'prefixes': ['10.5.0.0/16'], 'shared': true}}")
                        .status())
                .isEqualTo(403);
        assertThat(cloud.post(
                                "root",
                                "subnetpools",
                                "{'subnetpool': {'prefixes': ['10.5.0.0/16'], 'is_default': true}}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void a_pool_grows_and_never_shrinks() {
        String pool = pool("");
        String path = "subnetpools/" + pool;
        assertThat(cloud.put("ann", path, "{'subnetpool': {'prefixes': ['10.0.0.0/8']}}")
                        .status())
                .isEqualTo(200);
        assertThat(cloud.put("ann", path, "{'subnetpool': {'prefixes': ['10.9.0.0/16']}}")
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            'prefixes': [] ; none
            'prefixes': ['nonsense'] ; no network
            'prefixes': ['10.0.0.0/8', 'fd00::/48'] ; both versions
            'prefixes': ['10.0.0.0/8', '10.1.0.0/16'] ; they overlap
            'prefixes': ['10.0.0.0/8'], 'min_prefixlen': 26, 'default_prefixlen': 24 ; the usual is too large
            'prefixes': ['10.0.0.0/8'], 'max_prefixlen': 33 ; longer than an address
            'name': 'p' ; no prefixes
            """)
    void a_pool_that_cannot_work_is_refused(String attributes, String why) {
        assertThat(cloud.post("ann", "subnetpools", "{'subnetpool': {" + attributes + "}}")
                        .status())
                .as(why)
                .isEqualTo(400);
        assertThat(cloud.get("ann", "subnetpools").ids()).as(why).isEmpty();
    }

    @Test
    void a_subnet_of_a_service_type_is_chosen_for_such_ports_alone() {
        String network = cloud.network("ann", "n");
        cloud.make(
                "ann",
                "subnets",
                "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '10.1.0.0/24', 'service_types': ['compute:nova']}}",
                network);
        assertThat(cloud.post("ann", "ports", "{'port': {'network_id': '%s', 'device_owner': 'baremetal:x'}}", network)
                        .one()
                        .path("fixed_ips"))
                .isEmpty();
        assertThat(cloud.post("ann", "ports", "{'port': {'network_id': '%s', 'device_owner': 'compute:nova'}}", network)
                        .one()
                        .path("fixed_ips"))
                .hasSize(1);
        assertThat(cloud.post(
                                "ann",
                                "subnets",
                                "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '10.2.0.0/24', 'service_types': ['me']}}",
                                network)
                        .status())
                .isEqualTo(400);
    }
}
