package io.kilonova.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.errors.ServiceException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class SchedulerTest {
    private final Scheduler scheduler = new Scheduler(SchedulerOptions.defaults());

    @Test
    void the_host_with_the_most_room_wins_and_the_next_best_are_alternates() {
        HostView view = Fleet.view(
                Fleet.host("small", 4, 4_096, 50),
                Fleet.host("large", 64, 262_144, 4_000),
                Fleet.host("middle", 16, 32_768, 500));
        Selection selection = scheduler.decide(view, Fleet.request(), random()).single();
        assertThat(selection.chosen().host()).isEqualTo("large");
        assertThat(selection.alternates()).extracting(Candidate::host).containsExactly("middle", "small");
        assertThat(selection.chosen().weights())
                .containsEntry("RAMWeigher", 1.0)
                .containsEntry("CPUWeigher", 1.0);
    }

    @Test
    void the_same_seed_gives_the_same_decision() {
        HostView view = HostView.of(Fleet.hosts(3_000));
        Scheduler shuffling = new Scheduler(SchedulerOptions.defaults().choosing(10, true, 3, 1_000));
        PlacementRequest request = Fleet.request().times(20);
        Decision first = shuffling.decide(view, request, new SplittableRandom(5));
        assertThat(shuffling.decide(view, request, new SplittableRandom(5))).isEqualTo(first);
        assertThat(shuffling.decide(view, request, new SplittableRandom(6)).selections())
                .isNotEqualTo(first.selections());
    }

    @Test
    void nothing_is_ever_given_out_beyond_capacity() {
        long seed = 42;
        RandomGenerator random = new SplittableRandom(seed);
        HostView view = HostView.of(Fleet.hosts(200));
        Map<String, Long> taken = new HashMap<>();
        int placed = 0;
        for (int round = 0; round < 3_000; round++) {
            PlacementRequest request = PlacementRequest.of(
                    "project", 1 + random.nextInt(4), 512, 5, new FlavorRequirements("f", Map.of()));
            Decision decision = scheduler.decide(view, request, random);
            if (decision.complete()) {
                String host = decision.single().chosen().host();
                taken.merge(host, request.amount("VCPU"), Long::sum);
                view = view.claiming(host, request.resources());
                placed++;
            }
        }
        assertThat(placed).as("seed %d", seed).isGreaterThan(1_000);
        assertThat(taken.values()).as("seed %d", seed).allMatch(amount -> amount <= 16);
    }

    @Test
    void a_refusal_says_to_a_tenant_what_was_missing_and_names_no_host() {
        HostView view = Fleet.view(Fleet.host("secret-a", 12, 65_536, 500), Fleet.host("secret-b", 8, 65_536, 500));
        PlacementRequest request =
                PlacementRequest.of("project", 64, 2_048, 20, new FlavorRequirements("huge", Map.of()));
        Decision decision = scheduler.decide(view, request, random());
        assertThat(decision.complete()).isFalse();
        assertThat(decision.tenantSentence())
                .contains("No host can give 64 VCPU to one server; the largest free amount is 12.")
                .doesNotContain("secret");
        assertThat(decision.shortages())
                .contains(new Shortage("VCPU", 64, 2, 12), new Shortage("MEMORY_MB", 2_048, 0, 65_536));
        assertThatThrownBy(decision::orThrow)
                .isInstanceOf(ServiceException.class)
                .hasMessageStartingWith("No valid host was found. There are not enough hosts available.");
        assertThat(decision.operatorReport().toString()).contains("secret-a", "64 asked, 12 can be given");
    }

    @Test
    void a_refusal_tells_which_trait_nobody_with_room_has() {
        HostView view = Fleet.view(
                Fleet.host("a"),
                Fleet.host("b"),
                Fleet.host("full", 1, 1_024, 1).withTraits(Set.of("HW_GPU")));
        Decision decision = scheduler.decide(view, Fleet.request(Map.of("trait:HW_GPU", "required")), random());
        assertThat(decision.tenantSentence())
                .contains("2 hosts have the resources, but none of them has the trait HW_GPU.");
    }

    @Test
    void why_not_this_host_is_answered_with_every_reason_at_once() {
        HostView view = Fleet.view(Fleet.host("a", 1, 1_024, 10).withState(true, false));
        Explanation explanation = scheduler.explain(view, Fleet.request(Map.of("trait:HW_GPU", "required")), "a");
        assertThat(explanation.rejections())
                .extracting(Verdict::check)
                .containsExactly("capacity", "trait:HW_GPU", "ComputeFilter");
        assertThat(scheduler.explain(view, Fleet.request(), "nowhere").known()).isFalse();
    }

    @Test
    void many_servers_of_one_request_see_what_those_before_them_took() {
        HostView view = Fleet.view(Fleet.host("a", 4, 32_768, 500), Fleet.host("b", 4, 32_768, 500));
        Decision decision = scheduler.decide(view, Fleet.request().times(5), random());
        assertThat(decision.selections()).hasSize(4);
        assertThat(decision.selections())
                .extracting(selection -> selection.chosen().host())
                .containsOnly("a", "b");
        assertThat(decision.tenantSentence()).contains("Room was found for 4 of 5 servers.");
    }

    @Test
    void servers_of_an_anti_affinity_group_in_one_request_are_kept_apart() {
        HostView view = HostView.of(Fleet.hosts(3));
        PlacementRequest request = Fleet.request()
                .withGroup(Fleet.group(GroupPolicy.ANTI_AFFINITY, Map.of()))
                .times(4);
        Decision decision = scheduler.decide(view, request, random());
        assertThat(decision.selections())
                .extracting(selection -> selection.chosen().host())
                .doesNotHaveDuplicates()
                .hasSize(3);
        assertThat(decision.tenantSentence()).contains("anti-affinity");
    }

    @Test
    void a_forced_host_passes_filters_but_not_capacity() {
        Host down = Fleet.host("a").withState(false, false);
        PlacementRequest forced = Fleet.request().withDestination(Destination.forcedTo("a"));
        assertThat(scheduler.decide(Fleet.view(down), forced, random()).complete())
                .isTrue();
        Host full = down.withCapacities(Map.of("VCPU", Capacity.of(1, 0, 1.0, 0)));
        assertThat(scheduler.decide(Fleet.view(full), forced, random()).complete())
                .isFalse();
        PlacementRequest requested = Fleet.request().withDestination(Destination.onHost("a"));
        assertThat(scheduler.decide(Fleet.view(down), requested, random()).complete())
                .isFalse();
    }

    @Test
    void a_host_that_failed_is_not_tried_again() {
        HostView view = HostView.of(Fleet.hosts(2));
        PlacementRequest request =
                Fleet.request().withDestination(Destination.anywhere().except(Set.of("host-00000")));
        assertThat(scheduler.decide(view, request, random()).single().chosen().host())
                .isEqualTo("host-00001");
    }

    @Test
    void the_one_host_that_fits_is_found_among_ten_thousand() {
        HostView view =
                HostView.of(Fleet.hosts(10_000)).with(Fleet.host("host-07777").withTraits(Set.of("CUSTOM_RARE")));
        PlacementRequest request = Fleet.request(Map.of("trait:CUSTOM_RARE", "required"));
        Decision decision = scheduler.decide(view, request, random());
        assertThat(decision.single().chosen().host()).isEqualTo("host-07777");
        assertThat(decision.hostsConsidered()).isEqualTo(10_000);
    }

    @Test
    void failed_builds_send_servers_elsewhere() {
        HostView view = Fleet.view(
                Fleet.host("broken", 64, 262_144, 4_000).withLoad(new HostLoad(0, 0, 3)),
                Fleet.host("small", 4, 4_096, 50));
        assertThat(scheduler
                        .decide(view, Fleet.request(), random())
                        .single()
                        .chosen()
                        .host())
                .isEqualTo("small");
    }

    @Test
    void an_aggregate_may_turn_a_weight_around() {
        Host large = Fleet.host("large", 64, 262_144, 4_000);
        Map<String, String> against =
                Map.of("ram_weight_multiplier", "-5", "cpu_weight_multiplier", "-5", "disk_weight_multiplier", "-5");
        HostView view = Fleet.view(Fleet.in(large, "nova", against), Fleet.host("small", 4, 4_096, 50));
        assertThat(scheduler
                        .decide(view, Fleet.request(), random())
                        .single()
                        .chosen()
                        .host())
                .isEqualTo("small");
    }

    @Test
    void soft_policies_prefer_and_do_not_forbid() {
        HostView view = HostView.of(Fleet.hosts(2));
        PlacementRequest together =
                Fleet.request().withGroup(Fleet.group(GroupPolicy.SOFT_AFFINITY, Map.of("host-00001", 1)));
        assertThat(scheduler.decide(view, together, random()).single().chosen().host())
                .isEqualTo("host-00001");
        PlacementRequest apart =
                Fleet.request().withGroup(Fleet.group(GroupPolicy.SOFT_ANTI_AFFINITY, Map.of("host-00000", 1)));
        assertThat(scheduler.decide(view, apart, random()).single().chosen().host())
                .isEqualTo("host-00001");
        assertThat(scheduler
                        .decide(HostView.of(Fleet.hosts(1)), apart, random())
                        .complete())
                .isTrue();
    }

    @Test
    void a_changed_host_is_seen_in_the_new_view_and_not_in_the_old() {
        HostView old = HostView.of(Fleet.hosts(1_000));
        HostView changed = old.claiming("host-00500", Map.of("VCPU", 16L));
        assertThat(old.find("host-00500").orElseThrow().free("VCPU")).isEqualTo(16);
        assertThat(changed.find("host-00500").orElseThrow().free("VCPU")).isZero();
        assertThat(changed.without("host-00500").find("host-00500")).isEmpty();
        assertThat(changed.without("host-00500").size()).isEqualTo(999);
    }

    @Test
    void resources_of_extra_specs_replace_and_add() {
        PlacementRequest request = Fleet.request(Map.of(
                "resources:VCPU",
                "0",
                "resources:VGPU",
                "1",
                "resources1:CUSTOM_FAST",
                "2",
                "trait:CUSTOM_SLOW",
                "forbidden"));
        assertThat(request.resources())
                .doesNotContainKey("VCPU")
                .containsEntry("VGPU", 1L)
                .containsEntry("CUSTOM_FAST", 2L);
        assertThat(request.forbiddenTraits()).containsExactly("CUSTOM_SLOW");
        assertThatThrownBy(() -> Fleet.request(Map.of("resources:VGPU", "many")))
                .hasMessageContaining("resources:VGPU");
    }

    @Test
    void an_unknown_filter_is_an_error_with_the_nearest_name() {
        assertThatThrownBy(() -> new Scheduler(SchedulerOptions.defaults().withFilters(List.of("ComputFilter"))))
                .hasMessageContaining("Did you mean ComputeFilter?");
        assertThatThrownBy(() -> new Scheduler(SchedulerOptions.defaults().withFilters(List.of("RamFilter"))))
                .hasMessageContaining("Memory is always checked");
    }

    private static RandomGenerator random() {
        return new SplittableRandom(1);
    }
}
