package io.kilonova.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FiltersTest {
    private final HostView two = Fleet.view(Fleet.host("a"), Fleet.host("b"));

    @Test
    void compute_filter_leaves_out_hosts_that_are_down_or_disabled() {
        HostView view = Fleet.view(
                Fleet.host("a"),
                Fleet.host("b").withState(true, false),
                Fleet.host("c").withState(false, true));
        assertThat(Fleet.passing("ComputeFilter", view, Fleet.request())).containsExactly("a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "16 | 16 | true",
                "16 | 17 | false",
                "16 | = 12 | true",
                "16 | = 20 | false",
                "16 | == 16 | true",
                "16 | != 16 | false",
                "16 | >= 16 | true",
                "16 | <= 15 | false",
                "QEMU | s== QEMU | true",
                "QEMU | s!= QEMU | false",
                "abc | s< abd | true",
                "abc | s>= abd | false",
                "abc | s> abb | true",
                "abc | s<= abc | true",
                "avx2 sse | <in> avx2 | true",
                "sse | <in> avx2 | false",
                "aes mmx sse | <all-in> aes mmx | true",
                "aes sse | <all-in> aes mmx | false",
                "xen | <or> kvm <or> xen | true",
                "lxc | <or> kvm <or> xen | false",
                "text | >= 5 | false"
            })
    void extra_spec_operators_are_those_of_nova(String value, String requirement, boolean met) {
        assertThat(ExtraSpecRequirement.parse("key", requirement).met(value)).isEqualTo(met);
    }

    @Test
    void an_operator_without_a_number_is_an_error_that_names_the_key() {
        assertThatThrownBy(() -> ExtraSpecRequirement.parse("capabilities:x", ">= many"))
                .hasMessageContaining("capabilities:x");
    }

    @Test
    void compute_capabilities_reads_attributes_and_nested_facts() {
        HypervisorFacts facts =
                new HypervisorFacts("a", "QEMU", 7_002_000, "10.0.0.1", List.of(), Map.of("cpu_info.arch", "x86_64"));
        HostView view = Fleet.view(Fleet.host("a").withHypervisor(facts), Fleet.host("b"));
        assertThat(capable(view, "capabilities:hypervisor_type", "QEMU")).containsExactly("a");
        assertThat(capable(view, "capabilities:cpu_info:arch", "<or> aarch64 <or> x86_64"))
                .containsExactly("a");
        assertThat(capable(view, "hypervisor_version", ">= 7000000")).containsExactly("a");
        assertThat(capable(view, "hw:cpu_policy", "dedicated")).containsExactly("a", "b");
        assertThat(capable(view, "capabilities:unknown", "1")).isEmpty();
    }

    @Test
    void image_properties_choose_hosts_that_can_run_the_guest() {
        HypervisorFacts facts = new HypervisorFacts(
                "a", "QEMU", 7_002_000, "", List.of(new SupportedInstance("x86_64", "qemu", "hvm")), Map.of());
        HostView view = Fleet.view(Fleet.host("a").withHypervisor(facts), Fleet.host("b"));
        assertThat(imaged(view, "hw_architecture", "amd64")).containsExactly("a");
        assertThat(imaged(view, "hw_architecture", "aarch64")).isEmpty();
        assertThat(imaged(view, "img_hv_type", "qemu")).containsExactly("a");
        assertThat(imaged(view, "img_hv_requested_version", ">=7.0,<8")).containsExactly("a");
        assertThat(imaged(view, "img_hv_requested_version", ">=8.0")).isEmpty();
        assertThat(imaged(view, "os_distro", "debian")).containsExactly("a", "b");
    }

    @Test
    void affinity_groups_keep_together_and_anti_affinity_groups_apart() {
        assertThat(Fleet.passing(
                        "ServerGroupAntiAffinityFilter",
                        two,
                        Fleet.request().withGroup(Fleet.group(GroupPolicy.ANTI_AFFINITY, Map.of("a", 1)))))
                .containsExactly("b");
        assertThat(Fleet.passing(
                        "ServerGroupAntiAffinityFilter",
                        two,
                        Fleet.request()
                                .withGroup(new ServerGroup("g", GroupPolicy.ANTI_AFFINITY, 2, Map.of("a", 1, "b", 2)))))
                .containsExactly("a");
        assertThat(Fleet.passing(
                        "ServerGroupAffinityFilter",
                        two,
                        Fleet.request().withGroup(Fleet.group(GroupPolicy.AFFINITY, Map.of("a", 1)))))
                .containsExactly("a");
        assertThat(Fleet.passing(
                        "ServerGroupAffinityFilter",
                        two,
                        Fleet.request().withGroup(Fleet.group(GroupPolicy.AFFINITY, Map.of()))))
                .containsExactly("a", "b");
    }

    @Test
    void hints_name_servers_to_be_with_or_away_from() {
        assertThat(Fleet.passing("DifferentHostFilter", two, Fleet.hinted("different_host", "server-on-a")))
                .containsExactly("b");
        assertThat(Fleet.passing("SameHostFilter", two, Fleet.hinted("same_host", "server-on-a", "server-on-b")))
                .containsExactly("a", "b");
        assertThat(Fleet.passing("SameHostFilter", two, Fleet.hinted("same_host", "unknown")))
                .isEmpty();
    }

    @Test
    void a_network_near_an_address_is_found_without_asking_a_name_server() {
        HostView view = Fleet.view(addressed("a", "192.168.1.7"), addressed("b", "192.168.2.7"));
        PlacementRequest near = Fleet.hinted("build_near_host_ip", "192.168.1.1");
        assertThat(Fleet.passing("SimpleCIDRAffinityFilter", view, near)).containsExactly("a");
        PlacementRequest wide = Fleet.request()
                .withHints(new SchedulerHints(
                        Map.of("build_near_host_ip", List.of("192.168.1.1"), "cidr", List.of("/16")), Map.of()));
        assertThat(Fleet.passing("SimpleCIDRAffinityFilter", view, wide)).containsExactly("a", "b");
        assertThatThrownBy(() -> Fleet.passing(
                        "SimpleCIDRAffinityFilter", view, Fleet.hinted("build_near_host_ip", "evil.example.org")))
                .hasMessageContaining("build_near_host_ip");
    }

    @Test
    void aggregates_isolate_projects_flavors_images_and_extra_specs() {
        HostView view = Fleet.view(
                Fleet.in(
                        Fleet.host("a"),
                        "nova",
                        Map.of(
                                "filter_tenant_id",
                                "other, third",
                                "instance_type",
                                "m1.huge",
                                "os_distro",
                                "windows",
                                "ssd",
                                "true")),
                Fleet.host("b"));
        assertThat(Fleet.passing("AggregateMultiTenancyIsolation", view, Fleet.request()))
                .containsExactly("b");
        assertThat(Fleet.passing("AggregateTypeAffinityFilter", view, Fleet.request()))
                .containsExactly("b");
        assertThat(Fleet.passing("AggregateInstanceExtraSpecsFilter", view, Fleet.request(Map.of("ssd", "true"))))
                .containsExactly("a");
        assertThat(Fleet.passing(
                        "AggregateInstanceExtraSpecsFilter",
                        view,
                        Fleet.request(Map.of("aggregate_instance_extra_specs:ssd", "false"))))
                .isEmpty();
        ImageRequirements debian =
                new ImageRequirements(Optional.of("i"), Optional.empty(), Map.of("os_distro", "debian"));
        assertThat(Fleet.passing(
                        "AggregateImagePropertiesIsolation",
                        view,
                        Fleet.request().withImage(debian)))
                .containsExactly("b");
    }

    @Test
    void busy_hosts_are_left_alone_and_aggregates_may_say_when_a_host_is_busy() {
        HostView view = Fleet.view(
                Fleet.host("a").withLoad(new HostLoad(50, 8, 0)),
                Fleet.in(
                        Fleet.host("b").withLoad(new HostLoad(3, 3, 0)),
                        "nova",
                        Map.of("max_io_ops_per_host", "3", "max_instances_per_host", "4, 3")),
                Fleet.host("c"));
        assertThat(Fleet.passing("IoOpsFilter", view, Fleet.request())).containsExactly("b", "c");
        assertThat(Fleet.passing("AggregateIoOpsFilter", view, Fleet.request())).containsExactly("c");
        assertThat(Fleet.passing("NumInstancesFilter", view, Fleet.request())).containsExactly("b", "c");
        assertThat(Fleet.passing("AggregateNumInstancesFilter", view, Fleet.request()))
                .containsExactly("c");
    }

    @Test
    void isolated_images_and_isolated_hosts_belong_together() {
        SchedulerOptions options = SchedulerOptions.defaults()
                .withFilters(List.of("IsolatedHostsFilter"))
                .withFilterOptions(new SchedulerOptions.FilterOptions(
                        8, 50, Set.of("a"), Set.of("secret-image"), true, "", ".", "", Map.of()));
        ImageRequirements secret = new ImageRequirements(Optional.of("secret-image"), Optional.empty(), Map.of());
        assertThat(Fleet.passing(options, two, Fleet.request().withImage(secret)))
                .containsExactly("a");
        assertThat(Fleet.passing(options, two, Fleet.request())).containsExactly("b");
    }

    @Test
    void a_json_query_compares_attributes_of_hosts() {
        HostView view = Fleet.view(Fleet.host("a", 64, 65_536, 500), Fleet.host("b", 8, 4_096, 500));
        assertThat(queried(view, "[\">=\", \"$free_ram_mb\", 10000]")).containsExactly("a");
        assertThat(queried(
                        view, "[\"and\", [\"=\", \"$vcpus_total\", 8], [\"not\", [\"in\", \"$host\", \"x\", \"a\"]]]"))
                .containsExactly("b");
        assertThat(queried(view, "[\"or\", [\"=\", \"$host\", \"a\"], [\"<\", \"$free_ram_mb\", 5000]]"))
                .containsExactly("a", "b");
        assertThat(queried(view, "[\"=\", \"$no_such_thing\", 1]")).isEmpty();
    }

    @Test
    void a_json_query_that_cannot_be_read_is_the_callers_error_and_deep_nesting_ends_it() {
        for (String query :
                List.of("[", "[\"=\", \"$host\"", "{}", "[\"xor\", 1, 1]", "[]", "[\"=\",1,1] x", "[".repeat(30_000))) {
            assertThatThrownBy(() -> queried(two, query)).as(query).hasMessageContaining("hint query");
        }
    }

    @Test
    void zones_traits_and_tenants_are_checked_before_any_filter() {
        HostView view = Fleet.view(
                Fleet.in(
                        Fleet.host("a"),
                        "east",
                        Map.of("filter_tenant_id_1", "project", "trait:CUSTOM_WINDOWS", "required")),
                Fleet.in(Fleet.host("b"), "west", Map.of()));
        SchedulerOptions none = SchedulerOptions.defaults().withFilters(List.of());
        assertThat(Fleet.passing(none, view, Fleet.request().withDestination(Destination.inZone("west"))))
                .containsExactly("b");
        SchedulerOptions tenants =
                none.withRequestFilters(new SchedulerOptions.RequestFilterOptions(true, true, false, false, false));
        assertThat(Fleet.passing(tenants, view, Fleet.request())).containsExactly("a");
        SchedulerOptions isolated =
                none.withRequestFilters(new SchedulerOptions.RequestFilterOptions(false, false, false, true, false));
        assertThat(Fleet.passing(isolated, view, Fleet.request())).containsExactly("b");
        SchedulerOptions typed =
                none.withRequestFilters(new SchedulerOptions.RequestFilterOptions(false, false, true, false, true));
        ImageRequirements qcow =
                new ImageRequirements(Optional.of("i"), Optional.of("qcow2"), Map.of("hw_disk_bus", "virtio"));
        HostView able = Fleet.view(
                Fleet.host("a").withTraits(Set.of("COMPUTE_IMAGE_TYPE_QCOW2", "COMPUTE_STORAGE_BUS_VIRTIO")),
                Fleet.host("b"));
        assertThat(Fleet.passing(typed, able, Fleet.request().withImage(qcow))).containsExactly("a");
    }

    private static Set<String> capable(HostView view, String key, String value) {
        return Fleet.passing("ComputeCapabilitiesFilter", view, Fleet.request(Map.of(key, value)));
    }

    private static Set<String> imaged(HostView view, String property, String value) {
        ImageRequirements image = new ImageRequirements(Optional.of("i"), Optional.empty(), Map.of(property, value));
        return Fleet.passing("ImagePropertiesFilter", view, Fleet.request().withImage(image));
    }

    private static Set<String> queried(HostView view, String query) {
        return Fleet.passing("JsonFilter", view, Fleet.hinted("query", query));
    }

    private static Host addressed(String name, String address) {
        return Fleet.host(name).withHypervisor(new HypervisorFacts(name, "QEMU", 0, address, List.of(), Map.of()));
    }
}
