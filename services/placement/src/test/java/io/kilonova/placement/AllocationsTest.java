package io.kilonova.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.errors.ServiceException;
import io.kilonova.storage.Database;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class AllocationsTest {
    private static final String HOST = "11111111-0000-0000-0000-000000000001";
    private static final String OTHER = "11111111-0000-0000-0000-000000000002";

    @TempDir
    Path folder;

    private final Clock clock = Clock.systemUTC();
    private final ResourceProviders providers = new ResourceProviders(clock);
    private final Inventories inventories = new Inventories(providers, clock);
    private final Set<String> servers = java.util.Collections.synchronizedSet(new HashSet<>());
    private final Allocations allocations =
            new Allocations((transaction, type, consumer) -> servers.contains(consumer), clock);

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_claim_takes_and_a_release_gives_back_exactly_that(EachDatabase kind) {
        try (Database database = open(kind, 8)) {
            servers.add("server-1");
            database.change(transaction -> allocations.claim(transaction, claim("server-1", HOST, 3)));
            assertThat(used(database, HOST)).isEqualTo(3);
            assertThat(held(database, "server-1")).containsExactly(new Allocation(HOST, "VCPU", 3));
            boolean released = database.write(transaction -> allocations.release(transaction, "server-1"));
            boolean again = database.write(transaction -> allocations.release(transaction, "server-1"));
            assertThat(released).isTrue();
            assertThat(again).isFalse();
            assertThat(used(database, HOST)).isZero();
            assertThat(consumer(database, "server-1")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_repeated_claim_takes_nothing_more(EachDatabase kind) {
        try (Database database = open(kind, 8)) {
            servers.add("server-1");
            database.change(transaction -> allocations.claim(transaction, claim("server-1", HOST, 3)));
            long generation = generation(database, HOST);
            database.change(transaction -> allocations.claim(transaction, claim("server-1", HOST, 3)));
            assertThat(used(database, HOST)).isEqualTo(3);
            assertThat(generation(database, HOST)).isEqualTo(generation);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void two_claims_at_once_cannot_both_take_the_last_unit(EachDatabase kind) throws Exception {
        int claimants = 24;
        int capacity = 10;
        try (Database database = open(kind, capacity);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> outcomes = new ArrayList<>();
            for (int number = 0; number < claimants; number++) {
                String server = "server-" + number;
                servers.add(server);
                Callable<Boolean> claim = () -> {
                    try {
                        database.change(transaction -> allocations.claim(transaction, claim(server, HOST, 1)));
                        return true;
                    } catch (ServiceException refused) {
                        assertThat(refused.code()).isEqualTo(PlacementError.CAPACITY_EXCEEDED);
                        return false;
                    }
                };
                outcomes.add(threads.submit(claim));
            }
            int won = 0;
            for (Future<Boolean> outcome : outcomes) {
                won += outcome.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(capacity);
            assertThat(used(database, HOST)).isEqualTo(capacity);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void an_allocation_without_a_server_cannot_be_written_down(EachDatabase kind) {
        try (Database database = open(kind, 8)) {
            assertRefused(
                    PlacementError.CONSUMER_UNKNOWN,
                    () -> database.change(transaction -> allocations.claim(transaction, claim("ghost", HOST, 1))));
            assertThat(used(database, HOST)).isZero();
            assertThatThrownBy(() -> database.change(transaction -> transaction
                            .sql()
                            .execute("INSERT INTO placement_allocations VALUES ('ghost', '" + HOST
                                    + "', 'VCPU', 1, 0)")))
                    .isInstanceOf(RuntimeException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_fails_in_the_callers_transaction_takes_nothing(EachDatabase kind) {
        try (Database database = open(kind, 8)) {
            servers.add("server-1");
            assertThatThrownBy(() -> database.change(transaction -> {
                        allocations.claim(transaction, claim("server-1", HOST, 2));
                        throw new IllegalStateException("the server's own row could not be written");
                    }))
                    .hasMessageContaining("own row");
            assertThat(used(database, HOST)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_server_that_changes_its_size_on_a_full_host_uses_what_it_had(EachDatabase kind) {
        try (Database database = open(kind, 4)) {
            servers.add("server-1");
            database.change(transaction -> allocations.claim(transaction, claim("server-1", HOST, 4)));
            database.change(transaction -> allocations.claim(transaction, claim("server-1", HOST, 3)));
            assertThat(used(database, HOST)).isEqualTo(3);
            assertRefused(
                    PlacementError.ALLOCATION_VIOLATES_UNITS,
                    () -> database.change(transaction -> allocations.claim(transaction, claim("server-1", HOST, 5))));
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_migration_keeps_the_source_while_the_server_claims_the_destination(EachDatabase kind) {
        try (Database database = open(kind, 4)) {
            servers.addAll(List.of("server-1", "migration-1"));
            database.change(transaction -> allocations.claim(transaction, claim("server-1", HOST, 2)));
            database.change(transaction -> {
                Claim migration = new Claim(
                        "migration-1",
                        "project",
                        "user",
                        Optional.of(Consumer.MIGRATION),
                        List.of(),
                        Map.of(),
                        new Claim.ExpectedConsumer.Any());
                allocations.move(transaction, "server-1", migration);
                allocations.claim(transaction, claim("server-1", OTHER, 2));
            });
            assertThat(used(database, HOST)).isEqualTo(2);
            assertThat(used(database, OTHER)).isEqualTo(2);
            database.change(transaction ->
                    assertThat(allocations.release(transaction, "migration-1")).isTrue());
            assertThat(used(database, HOST)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_decision_on_an_old_view_is_refused_when_it_asks_for_that(EachDatabase kind) {
        try (Database database = open(kind, 8)) {
            servers.addAll(List.of("server-1", "server-2"));
            long seen = generation(database, HOST);
            database.change(transaction ->
                    allocations.claim(transaction, claim("server-1", HOST, 1).expecting(Map.of(HOST, seen))));
            assertRefused(
                    PlacementError.CONCURRENT_UPDATE,
                    () -> database.change(transaction -> allocations.claim(
                            transaction, claim("server-2", HOST, 1).expecting(Map.of(HOST, seen)))));
            assertThat(used(database, HOST)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void used_is_the_sum_of_allocations_after_any_sequence(EachDatabase kind) {
        long seed = 20_261_122;
        RandomGenerator random = new java.util.SplittableRandom(seed);
        try (Database database = open(kind, 16)) {
            for (int step = 0; step < 200; step++) {
                String server = "server-" + random.nextInt(12);
                servers.add(server);
                String host = random.nextBoolean() ? HOST : OTHER;
                int amount = random.nextInt(6);
                try {
                    if (amount == 0) {
                        database.write(transaction -> allocations.release(transaction, server));
                    } else {
                        database.change(transaction -> allocations.claim(transaction, claim(server, host, amount)));
                    }
                } catch (ServiceException refused) {
                    assertThat(refused.code()).as("seed %d", seed).isEqualTo(PlacementError.CAPACITY_EXCEEDED);
                }
            }
            for (String host : List.of(HOST, OTHER)) {
                long sum = database.read(sql -> allocations.ofProvider(sql, host)).values().stream()
                        .flatMap(List::stream)
                        .mapToLong(Allocation::amount)
                        .sum();
                assertThat(used(database, host))
                        .as("seed %d", seed)
                        .isEqualTo(sum)
                        .isLessThanOrEqualTo(16);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_report_that_says_nothing_new_writes_nothing_and_one_that_does_keeps_what_is_used(EachDatabase kind) {
        try (Database database = open(kind, 8)) {
            servers.add("server-1");
            database.change(transaction -> allocations.claim(transaction, claim("server-1", HOST, 6)));
            long generation = generation(database, HOST);
            report(database, HOST, 8);
            assertThat(generation(database, HOST)).isEqualTo(generation);
            report(database, HOST, 4);
            assertThat(generation(database, HOST)).isGreaterThan(generation);
            assertThat(used(database, HOST)).isEqualTo(6);
            servers.add("server-2");
            assertRefused(
                    PlacementError.CAPACITY_EXCEEDED,
                    () -> database.change(transaction -> allocations.claim(transaction, claim("server-2", HOST, 1))));
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void traits_of_operators_survive_the_reports_of_nodes(EachDatabase kind) {
        try (Database database = open(kind, 8)) {
            long generation = generation(database, HOST);
            database.change(transaction ->
                    providers.setTraits(transaction, HOST, generation, Set.of("HW_CPU_X86_AVX2", "CUSTOM_GOLD")));
            database.change(transaction -> inventories.report(
                    transaction,
                    new HostReport(
                            HOST, "host-" + HOST, Map.of("VCPU", Inventory.of(8, 0, 1.0)), Set.of("HW_CPU_X86_SSE2"))));
            assertThat(traits(database, HOST)).containsExactly("CUSTOM_GOLD", "HW_CPU_X86_SSE2");
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_provider_in_use_is_not_deleted(EachDatabase kind) {
        try (Database database = open(kind, 8)) {
            servers.add("server-1");
            database.change(transaction -> allocations.claim(transaction, claim("server-1", HOST, 1)));
            assertRefused(
                    PlacementError.RESOURCE_PROVIDER_IN_USE,
                    () -> database.change(transaction -> providers.delete(transaction, HOST)));
            assertRefused(
                    PlacementError.INVENTORY_IN_USE,
                    () -> database.change(transaction -> inventories.delete(transaction, HOST, "VCPU")));
            database.write(transaction -> allocations.release(transaction, "server-1"));
            database.change(transaction -> providers.delete(transaction, HOST));
            assertThat(provider(database, HOST)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_tree_cannot_be_put_under_its_own_branch(EachDatabase kind) {
        try (Database database = open(kind, 8)) {
            database.change(transaction -> providers.create(transaction, "child", "child", Optional.of(HOST)));
            assertRefused(
                    PlacementError.PARENT_INVALID,
                    () -> database.change(transaction -> providers.moveUnder(transaction, HOST, Optional.of("child"))));
            assertRefused(
                    PlacementError.CANNOT_DELETE_PARENT,
                    () -> database.change(transaction -> providers.delete(transaction, HOST)));
            database.change(transaction -> providers.moveUnder(transaction, "child", Optional.of(OTHER)));
            assertThat(database.read(sql -> providers.get(sql, "child")).rootUuid())
                    .isEqualTo(OTHER);
        }
    }

    private Database open(EachDatabase kind, int virtualCpus) {
        Database database = Database.open(kind.fresh(folder), List.of("db/placement"));
        report(database, HOST, virtualCpus);
        report(database, OTHER, virtualCpus);
        return database;
    }

    private void report(Database database, String uuid, int virtualCpus) {
        database.change(transaction -> inventories.report(
                transaction,
                new HostReport(
                        uuid,
                        "host-" + uuid,
                        Map.of("VCPU", Inventory.of(virtualCpus, 0, 1.0)),
                        Set.of("HW_CPU_X86_AVX2"))));
    }

    private static Claim claim(String server, String host, long amount) {
        return Claim.forServer(server, "project", "user", List.of(new Allocation(host, "VCPU", amount)));
    }

    private List<Allocation> held(Database database, String consumer) {
        return database.read(sql -> allocations.ofConsumer(sql, consumer));
    }

    private Optional<Consumer> consumer(Database database, String consumer) {
        return database.read(sql -> allocations.consumer(sql, consumer));
    }

    private Set<String> traits(Database database, String host) {
        return database.read(sql -> providers.traits(sql, host));
    }

    private Optional<ResourceProvider> provider(Database database, String host) {
        return database.read(sql -> providers.find(sql, host));
    }

    private static long used(Database database, String host) {
        return database.read(sql -> Inventories.find(sql, host, "VCPU"))
                .orElseThrow()
                .used();
    }

    private long generation(Database database, String host) {
        return database.read(sql -> providers.get(sql, host)).generation();
    }

    private static void assertRefused(PlacementError code, ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
