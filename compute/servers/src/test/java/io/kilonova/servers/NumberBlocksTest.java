package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.Database;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Numbers of sequences that many controllers draw from. */
class NumberBlocksTest {
    private static final List<String> SEQUENCES = List.of("servers", "instance_actions");

    @TempDir
    private Path folder;

    private final AtomicLong now = new AtomicLong(1_000_000);

    private Database open(EachDatabase kind) {
        return Database.open(kind.fresh(folder), SmallCloud.MIGRATIONS);
    }

    private NumberBlocks blocks(Database database) {
        return new NumberBlocks(database, () -> Instant.ofEpochMilli(now.get()), SEQUENCES);
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void no_number_is_given_twice_by_however_many_controllers(EachDatabase kind) throws Exception {
        try (Database database = open(kind);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<NumberBlocks> controllers = List.of(blocks(database), blocks(database));
            List<Future<List<Long>>> taken = new ArrayList<>();
            int[] counts = {1, 3, NumberBlocks.SMALLEST, NumberBlocks.SMALLEST + 1};
            for (int round = 0; round < 400; round++) {
                NumberBlocks blocks = controllers.get(round % 2);
                int count = counts[round % counts.length];
                taken.add(threads.submit(() -> spread(blocks.take(count), count)));
            }
            Set<Long> seen = new HashSet<>();
            for (Future<List<Long>> each : taken) {
                assertThat(each.get())
                        .allSatisfy(number -> assertThat(seen.add(number))
                                .as("%d is new", number)
                                .isTrue());
            }
        }
    }

    private static List<Long> spread(List<Long> firsts, int count) {
        List<Long> all = new ArrayList<>();
        for (long number = firsts.getFirst(); number < firsts.getFirst() + count; number++) {
            all.add(number);
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_is_drawn_by_itself_is_above_what_any_block_gave_before(EachDatabase kind) {
        try (Database database = open(kind)) {
            NumberBlocks one = blocks(database);
            NumberBlocks other = blocks(database);
            for (int round = 0; round < 2 * NumberBlocks.SMALLEST; round++) {
                long created = (round % 2 == 0 ? one : other).take(1).getLast();
                long later = database.write(transaction -> ServerStore.take(transaction, "instance_actions"));
                assertThat(later).isGreaterThan(created);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_cloud_that_makes_few_servers_leaves_small_gaps_and_one_that_makes_many_asks_seldom(EachDatabase kind) {
        try (Database database = open(kind)) {
            blocks(database).take(1);
            long next = blocks(database).take(1).getFirst();
            assertThat(next).isEqualTo(1 + NumberBlocks.SMALLEST);

            NumberBlocks busy = blocks(database);
            long before = database.statistics().writes();
            int servers = 100 * NumberBlocks.LARGEST;
            for (int server = 0; server < servers; server++) {
                busy.take(1);
            }
            assertThat(database.statistics().writes() - before).isLessThan(servers / NumberBlocks.LARGEST + 10);
        }
    }
}
