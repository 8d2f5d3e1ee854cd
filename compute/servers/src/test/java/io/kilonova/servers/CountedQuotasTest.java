package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.access.Visibility;
import io.kilonova.errors.ServiceException;
import io.kilonova.scheduling.GroupPolicy;
import io.kilonova.storage.Database;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Quotas of what is counted when more of it is made hold however many ask at once. */
class CountedQuotasTest {
    private static final int LIMIT = 10;
    private static final int ASKED = 60;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_project_has_no_more_server_groups_than_it_may(EachDatabase kind) throws Exception {
        try (Database database = Database.open(kind.fresh(folder), SmallCloud.MIGRATIONS)) {
            ServerGroups groups = new ServerGroups(database);
            ServerGroupRow wanted = new ServerGroupRow(
                    "", SmallCloud.PROJECT, "ann", "group", GroupPolicy.AFFINITY, Optional.empty(), List.of());
            askAtOnce(number -> groups.create(wanted, LIMIT));
            assertThat(groups.list(Visibility.everything(), ASKED, 0)).hasSize(LIMIT);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_user_has_no_more_key_pairs_than_they_may(EachDatabase kind) throws Exception {
        try (Database database = Database.open(kind.fresh(folder), SmallCloud.MIGRATIONS)) {
            Keypairs keypairs = new Keypairs(database);
            String key = GeneratedKey.ofRsa().publicKey();
            askAtOnce(number -> keypairs.add("ann", "key-" + number, "ssh", key, LIMIT, Instant.EPOCH));
            assertThat(keypairs.list("ann", Optional.empty(), ASKED)).hasSize(LIMIT);
        }
    }

    private static void askAtOnce(IntConsumer request) throws Exception {
        List<Future<Boolean>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 0; number < ASKED; number++) {
                int mine = number;
                answers.add(threads.submit(() -> isGranted(request, mine)));
            }
        }
        int granted = 0;
        for (Future<Boolean> answer : answers) {
            granted += answer.get() ? 1 : 0;
        }
        assertThat(granted).isEqualTo(LIMIT);
    }

    private static boolean isGranted(IntConsumer request, int number) {
        try {
            request.accept(number);
            return true;
        } catch (ServiceException refused) {
            assertThat(refused.code()).isIn(CatalogueError.GROUPS_TOO_MANY, CatalogueError.KEYPAIRS_TOO_MANY);
            return false;
        }
    }
}
