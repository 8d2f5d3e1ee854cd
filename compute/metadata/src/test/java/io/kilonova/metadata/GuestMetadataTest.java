package io.kilonova.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.networks.ServerCard;
import io.kilonova.servers.Server;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The documents, by example. */
class GuestMetadataTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final byte[] SEED = new byte[512];

    private static GuestMetadata of(Server server) {
        return new GuestMetadata(server, "novalocal", () -> SEED);
    }

    private static Optional<String> text(Servers servers, String path) {
        return of(servers.made()).at(path).map(document -> new String(document.content(), StandardCharsets.UTF_8));
    }

    private static Optional<String> text(String path) {
        return text(new Servers(), path);
    }

    private static JsonNode json(Servers servers, String path) {
        return MAPPER.readTree(text(servers, path).orElseThrow());
    }

    @Test
    void the_newest_meta_data_tells_all_of_a_server() {
        assertThat(json(new Servers(), "/openstack/latest/meta_data.json"))
                .isEqualTo(MAPPER.readTree("""
                                {"uuid": "1b4e28ba-2fa1-11d2-883f-0016d3cca427", "meta": {"role": "web"},
                                 "files": [{"path": "../../root/.ssh/x", "content_path": "/content/0000"},
                                           {"path": "/etc/a", "content_path": "/content/0001"},
                                           {"path": "/etc/b", "content_path": "/content/0002"}],
                                 "public_keys": {"ann's key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ann@example"},
                                 "keys": [{"name": "ann's key", "type": "ssh", "data": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ann@example"}],
                                 "hostname": "web-server.novalocal", "name": "web server", "launch_index": 3,
                                 "availability_zone": "nova", "random_seed": "%s",
                                 "project_id": "0123456789abcdef0123456789abcdef",
                                 "devices": [{"type": "nic", "bus": "none", "address": "none", "mac": "fa:16:3e:00:00:01",
                                              "tags": ["front"], "vf_trusted": false}],
                                 "dedicated_cpus": []}
                                """.formatted(Base64.getEncoder().encodeToString(SEED))));
    }

    @Test
    void a_version_tells_only_what_it_knew() {
        JsonNode first = json(new Servers(), "/openstack/2012-08-10/meta_data.json");
        assertThat(first.has("random_seed")).isFalse();
        assertThat(first.has("project_id")).isFalse();
        assertThat(json(new Servers(), "/openstack/2015-10-15/meta_data.json").has("devices"))
                .isFalse();
        assertThat(json(new Servers(), "/openstack/2016-06-30/meta_data.json")
                        .path("devices")
                        .path(0)
                        .has("vf_trusted"))
                .isFalse();
        assertThat(text("/openstack/2013-04-04/vendor_data.json")).isEmpty();
        assertThat(text("/openstack/2013-10-17/network_data.json")).isEmpty();
        assertThat(text("/openstack/2016-06-30/vendor_data2.json")).isEmpty();
    }

    @Test
    void the_openstack_listings_name_what_there_is() {
        assertThat(text("/openstack"))
                .contains("2012-08-10\n2013-04-04\n2013-10-17\n2015-10-15\n2016-06-30\n2016-10-06\n2017-02-22\n"
                        + "2018-08-27\n2020-10-14\n2025-04-04\nlatest");
        assertThat(text("/openstack/latest/"))
                .contains("meta_data.json\nuser_data\nvendor_data.json\nnetwork_data.json\nvendor_data2.json");
        assertThat(text(new Servers().withUserData(Optional.empty()), "/openstack/2012-08-10"))
                .contains("meta_data.json");
        assertThat(text("/openstack/latest/vendor_data.json")).contains("{}");
        assertThat(text("/openstack/latest/vendor_data2.json")).contains("{\"static\":{}}");
    }

    @Test
    void a_server_without_extras_has_no_empty_ones() {
        JsonNode meta = json(
                new Servers()
                        .withKeyName(Optional.empty())
                        .withMetadata(Map.of())
                        .withFiles(Map.of()),
                "/openstack/latest/meta_data.json");
        assertThat(List.of("meta", "files", "keys", "public_keys")).noneMatch(meta::has);
        assertThat(text(new Servers().withKeyName(Optional.empty()), "/latest/meta-data/public-keys/"))
                .isEmpty();
    }

    @Test
    void user_data_are_the_bytes_that_were_given() {
        byte[] all = new byte[256];
        for (int value = 0; value < all.length; value++) {
            all[value] = (byte) value;
        }
        Server server = new Servers()
                .withUserData(Optional.of(Base64.getMimeEncoder().encodeToString(all)))
                .made();
        assertThat(of(server).at("/openstack/latest/user_data").orElseThrow().content())
                .isEqualTo(all);
        assertThat(of(server).at("/2009-04-04/user-data").orElseThrow().content())
                .isEqualTo(all);
        assertThat(text(new Servers().withUserData(Optional.of("no base 64 =!")), "/latest/user-data"))
                .contains("no base 64 =!");
    }

    @Test
    void names_stay_names_in_every_document() {
        String evil = "\"},\"project_id\":\"stolen\",{\"\n\u0000</script>\\";
        Servers servers =
                new Servers().withName(evil).withMetadata(Map.of(evil, evil)).withKeyName(Optional.of("key\n1=forged"));
        JsonNode meta = json(servers, "/openstack/latest/meta_data.json");
        assertThat(meta.path("name").asString()).isEqualTo(evil);
        assertThat(meta.path("meta").path(evil).asString()).isEqualTo(evil);
        assertThat(meta.path("project_id").asString()).isEqualTo(Servers.PROJECT);
        assertThat(text(servers, "/latest/meta-data/public-keys/")).contains("0=key 1=forged");
        assertThat(text(servers, "/latest/meta-data/security-groups")).contains("default\nweb forged");
    }

    @Test
    void no_path_leads_out_of_the_documents() {
        for (String path : List.of(
                "/openstack/latest/../../etc/passwd",
                "/openstack/content/../latest/meta_data.json",
                "/openstack/content/../../root/.ssh/x",
                "/openstack/content",
                "/openstack/content/0003",
                "/openstack/content/0000/more",
                "/openstack/latest/meta_data.json/more",
                "/openstack/2099-01-01",
                "/../latest",
                "/latest/meta-data/..",
                "/latest/meta-data/hostname/more",
                "/latest/meta-data/security-groups/0",
                "/latest/meta-data/public-keys/0/_name",
                "/latest/user-data/more",
                "/latest/dynamic",
                "/etc/passwd")) {
            assertThat(text(path)).as(path).isEmpty();
        }
        assertThat(text("//openstack//content/0000/")).contains("zero");
        assertThat(text("/openstack/content/0001")).contains("first");
    }

    @Test
    void the_ec2_tree_lists_folders_with_a_slash() {
        assertThat(text("/"))
                .contains("1.0\n2007-01-19\n2007-03-01\n2007-08-29\n2007-10-10\n2007-12-15\n2008-02-01\n2008-09-01\n"
                        + "2009-04-04\nlatest");
        assertThat(text("/latest")).contains("meta-data/\nuser-data");
        assertThat(text("/ec2/latest/meta-data/"))
                .contains(
                        "ami-id\nami-launch-index\nami-manifest-path\nblock-device-mapping/\nhostname\ninstance-action\n"
                                + "instance-id\ninstance-type\nkernel-id\nlocal-hostname\nlocal-ipv4\nplacement/\npublic-hostname\n"
                                + "public-ipv4\npublic-keys/\nreservation-id\nsecurity-groups");
        assertThat(text("/1.0/meta-data"))
                .contains(
                        "ami-id\nami-launch-index\nami-manifest-path\nhostname\ninstance-id\nlocal-ipv4\npublic-keys/\n"
                                + "reservation-id\nsecurity-groups");
    }

    @Test
    void the_ec2_leaves_tell_of_the_server() {
        Map<String, String> expected = Map.ofEntries(
                Map.entry("ami-id", "ami-a1b2c3d4"),
                Map.entry("kernel-id", "aki-a1b2c3d4"),
                Map.entry("ami-launch-index", "3"),
                Map.entry("hostname", "web-server.novalocal"),
                Map.entry("instance-id", "i-0000002a"),
                Map.entry("instance-type", "m1.tiny"),
                Map.entry("local-ipv4", "10.0.0.5"),
                Map.entry("public-ipv4", "198.51.100.7"),
                Map.entry("placement/availability-zone", "nova"),
                Map.entry("public-keys", "0=ann's key"),
                Map.entry("public-keys/0", "openssh-key"),
                Map.entry("public-keys/0/openssh-key", Servers.PUBLIC_KEY),
                Map.entry("reservation-id", "r-abcdefgh"),
                Map.entry("block-device-mapping", "ami\nephemeral0\nroot\nswap"),
                Map.entry("block-device-mapping/ami", "vda"),
                Map.entry("block-device-mapping/root", "/dev/vda"),
                Map.entry("block-device-mapping/ephemeral0", "/dev/vdb"),
                Map.entry("block-device-mapping/swap", "/dev/vdc"));
        expected.forEach((path, value) -> assertThat(
                        text(new Servers().withDisks(1, 64), "/2009-04-04/meta-data/" + path))
                .as(path)
                .contains(value));
    }

    @Test
    void a_host_name_without_a_domain_is_bare() {
        assertThat(new GuestMetadata(new Servers().made(), "")
                        .at("/latest/meta-data/hostname")
                        .orElseThrow()
                        .content())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("web-server");
    }

    @Test
    void network_data_says_how_each_address_is_come_by() {
        ServerCard card = Servers.card(List.of(
                Servers.dynamic("10.0.0.5"),
                new ServerCard.FixedAddress(
                        "2001:db8::5",
                        "subnet6",
                        "2001:db8::/64",
                        Optional.of("2001:db8::1"),
                        List.of(),
                        List.of(),
                        true,
                        Optional.of("slaac"),
                        List.of())));
        ServerCard fixed = Servers.card(List.of(new ServerCard.FixedAddress(
                "192.0.2.9",
                "subnet",
                "192.0.2.0/25",
                Optional.of("192.0.2.1"),
                List.of("9.9.9.9", "1.1.1.1"),
                List.of(),
                false,
                Optional.empty(),
                List.of(new ServerCard.Route("10.9.0.0/16", "192.0.2.2")))));
        assertThat(json(
                        new Servers().withCards(List.of(card, fixed, Servers.card(List.of()))),
                        "/openstack/latest/network_data.json"))
                .isEqualTo(MAPPER.readTree("""
                                {"links": [
                                  {"id": "tapc0ffee00-00", "vif_id": "c0ffee00-0000-4000-8000-000000000001", "type": "ovs",
                                   "mtu": 1442, "ethernet_mac_address": "fa:16:3e:00:00:01"},
                                  {"id": "tapc0ffee00-00", "vif_id": "c0ffee00-0000-4000-8000-000000000001", "type": "ovs",
                                   "mtu": 1442, "ethernet_mac_address": "fa:16:3e:00:00:01"}],
                                 "networks": [
                                  {"id": "network0", "type": "ipv4_dhcp", "link": "tapc0ffee00-00",
                                   "network_id": "feed0000-0000-4000-8000-000000000002"},
                                  {"id": "network1", "type": "ipv6_slaac", "link": "tapc0ffee00-00",
                                   "network_id": "feed0000-0000-4000-8000-000000000002",
                                   "ip_address": "2001:db8::5", "netmask": "ffff:ffff:ffff:ffff::",
                                   "routes": [{"network": "::", "netmask": "::", "gateway": "2001:db8::1"}],
                                   "services": []},
                                  {"id": "network2", "type": "ipv4", "link": "tapc0ffee00-00",
                                   "network_id": "feed0000-0000-4000-8000-000000000002",
                                   "ip_address": "192.0.2.9", "netmask": "255.255.255.128",
                                   "routes": [
                                     {"network": "0.0.0.0", "netmask": "0.0.0.0", "gateway": "192.0.2.1"},
                                     {"network": "10.9.0.0", "netmask": "255.255.0.0", "gateway": "192.0.2.2"}],
                                   "services": [{"type": "dns", "address": "9.9.9.9"}, {"type": "dns", "address": "1.1.1.1"}]}],
                                 "services": [{"type": "dns", "address": "9.9.9.9"}, {"type": "dns", "address": "1.1.1.1"}]}
                                """));
    }

    @Test
    void a_mask_is_written_as_an_address() {
        assertThat(NetworkDocument.netmask(0, 4)).isEqualTo("0.0.0.0");
        assertThat(NetworkDocument.netmask(20, 4)).isEqualTo("255.255.240.0");
        assertThat(NetworkDocument.netmask(32, 4)).isEqualTo("255.255.255.255");
        assertThat(NetworkDocument.netmask(0, 6)).isEqualTo("::");
        assertThat(NetworkDocument.netmask(60, 6)).isEqualTo("ffff:ffff:ffff:fff0::");
        assertThat(NetworkDocument.netmask(112, 6)).isEqualTo("ffff:ffff:ffff:ffff:ffff:ffff:ffff::");
        assertThat(NetworkDocument.netmask(128, 6)).isEqualTo("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    }

    @Test
    void a_config_drive_has_both_formats_and_the_injected_files() {
        Map<String, byte[]> drive = new MetadataConfigDrive("novalocal").files(new Servers().made());
        assertThat(drive)
                .containsKeys(
                        "openstack/2012-08-10/meta_data.json",
                        "openstack/2012-08-10/user_data",
                        "openstack/latest/meta_data.json",
                        "openstack/latest/network_data.json",
                        "openstack/latest/vendor_data.json",
                        "openstack/latest/vendor_data2.json",
                        "openstack/content/0000",
                        "openstack/content/0002",
                        "ec2/2009-04-04/meta-data.json",
                        "ec2/2009-04-04/user-data",
                        "ec2/latest/meta-data.json")
                .doesNotContainKeys("ec2/1.0/meta-data.json", "openstack/2012-08-10/network_data.json");
        assertThat(drive.keySet()).noneMatch(path -> path.contains("..") || path.startsWith("/"));
        assertThat(drive.get("openstack/content/0001"))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("first");
        assertThat(MAPPER.readTree(drive.get("ec2/latest/meta-data.json"))
                        .path("placement")
                        .path("availability-zone")
                        .asString())
                .isEqualTo("nova");
    }
}
