package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.errors.ServiceException;
import io.kilonova.http.HttpError;
import io.kilonova.http.RepeatedRequests.Recorded;
import io.kilonova.http.RepeatedRequests.Repeatable;
import io.kilonova.servers.ComputeService;
import io.kilonova.servers.ServerError;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import io.kilonova.storage.EachDatabase;
import io.kilonova.storage.StorageError;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that are sent again with the key of the first. */
@ParameterizedClass
@EnumSource(EachDatabase.class)
class IdempotencyTest {
    private static final Recorded MADE = new Recorded(202, Optional.of("there"), Optional.empty(), new byte[] {7});

    @TempDir
    private Path folder;

    @Parameter
    private EachDatabase kind;

    private static CatalogueCloud.Reply create(CatalogueCloud cloud, String who, String key, String name) {
        return create(cloud, who, key, name, cloud.imageId());
    }

    private static CatalogueCloud.Reply create(
            CatalogueCloud cloud, String who, String key, String name, String imageId) {
        String body = """
                {"server": {"name": "%s", "flavorRef": "1", "imageRef": "%s", "networks": "none"}}""".formatted(name, imageId);
        return cloud.sendTo(
                "/v2.1/servers", who, "POST", body, "OpenStack-API-Version", "compute 2.37", "Idempotency-Key", key);
    }

    private static int servers(CatalogueCloud cloud, String who) {
        return cloud.get(who, "2.1", "/servers").json().path("servers").size();
    }

    @Test
    void the_same_request_with_the_same_key_makes_one_server_and_gets_one_answer_also_after_a_restart() {
        DatabaseOptions storage = kind.fresh(folder);
        CatalogueCloud.Reply first;
        String imageId;
        try (CatalogueCloud cloud = new CatalogueCloud(folder, storage)) {
            imageId = cloud.imageId();
            first = create(cloud, "ann", "key-of-ann", "web");
            assertThat(first.status()).isEqualTo(202);
            assertThat(create(cloud, "ann", "key-of-ann", "web")).isEqualTo(first);
            assertThat(servers(cloud, "ann")).isEqualTo(1);

            CatalogueCloud.Reply other = create(cloud, "ann", "key-of-ann", "mail");
            assertThat(other.status()).isEqualTo(422);
            assertThat(other.message()).contains("came with another request, req-");
            assertThat(create(cloud, "bob", "key-of-ann", "web").json()).isNotEqualTo(first.json());
            assertThat(create(cloud, "ann", "two words", "web").status()).isEqualTo(400);
        }
        try (Database database = Database.open(storage, List.of())) {
            String kept = database.read(
                    sql -> sql.selectFrom(DSL.table("idempotency_keys")).fetch().formatCSV());
            assertThat(kept)
                    .as("neither a password nor a key is readable at rest")
                    .doesNotContain("adminPass")
                    .doesNotContain("key-of-ann")
                    .doesNotContain(
                            first.json().path("server").path("adminPass").asString());
        }
        try (CatalogueCloud cloud = new CatalogueCloud(folder, storage)) {
            assertThat(create(cloud, "ann", "key-of-ann", "web", imageId).text())
                    .isEqualTo(first.text());
            assertThat(servers(cloud, "ann")).isEqualTo(1);
        }
    }

    @Test
    void requests_at_the_same_time_with_the_same_key_make_one_server() throws Exception {
        try (CatalogueCloud cloud = new CatalogueCloud(folder, kind.fresh(folder));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<CatalogueCloud.Reply>> replies = new ArrayList<>();
            for (int caller = 0; caller < 16; caller++) {
                replies.add(threads.submit(() -> create(cloud, "ann", "k1", "web")));
            }
            CatalogueCloud.Reply first = replies.getFirst().get();
            for (Future<CatalogueCloud.Reply> reply : replies) {
                assertThat(reply.get()).isEqualTo(first);
            }
            assertThat(servers(cloud, "ann")).isEqualTo(1);
        }
    }

    @Test
    void a_request_that_failed_leaves_its_key_free() {
        try (CatalogueCloud cloud = new CatalogueCloud(folder, kind.fresh(folder))) {
            CatalogueCloud.Reply failed = cloud.sendTo(
                    "/v2.1/os-keypairs", "ann", "POST", "{\"keypair\": {\"name\": \"a/b\"}}", "Idempotency-Key", "k1");
            assertThat(failed.status()).isEqualTo(400);
            assertThat(create(cloud, "ann", "k1", "web").status()).isEqualTo(202);
        }
    }

    @Test
    void what_was_carried_out_is_never_done_again_when_its_answer_was_lost() throws Exception {
        AtomicInteger done = new AtomicInteger();
        try (Database database = open()) {
            IdempotencyKeys dying = new IdempotencyKeys(database, Instant::now);
            Repeatable request = new Repeatable("ann", "k1", "f1", "req-1");
            database.accompanied(
                    transaction ->
                            dying.claim(transaction, SealedAnswer.of(request).id(), request),
                    () -> database.write(transaction -> done.incrementAndGet()));

            IdempotencyKeys next = new IdempotencyKeys(database, Instant::now);
            assertThatThrownBy(() -> next.answer(new Repeatable("ann", "k1", "f1", "req-2"), () -> {
                        done.incrementAndGet();
                        return MADE;
                    }))
                    .hasMessageContaining("req-1");
            assertThat(done).hasValue(1);
        }
    }

    @Test
    void what_was_saved_is_not_done_again_when_the_word_of_it_was_lost() throws Exception {
        AtomicInteger done = new AtomicInteger();
        try (Database database = open()) {
            IdempotencyKeys keys = new IdempotencyKeys(database, Instant::now);
            assertThatThrownBy(() -> keys.answer(new Repeatable("ann", "k1", "f1", "req-1"), () -> {
                        database.write(transaction -> done.incrementAndGet());
                        throw StorageError.COMMIT_UNCERTAIN.with("db");
                    }))
                    .hasMessageContaining("broke off");
            isToldOf("req-1", keys, done);
        }
    }

    @Test
    void what_was_done_is_not_done_again_when_its_answer_could_not_be_kept() throws Exception {
        AtomicInteger done = new AtomicInteger();
        AtomicBoolean full = new AtomicBoolean();
        InstantSource clock = () -> {
            if (full.getAndSet(false)) {
                throw StorageError.DATABASE_FULL.with("db");
            }
            return Instant.now();
        };
        try (Database database = open()) {
            IdempotencyKeys keys = new IdempotencyKeys(database, clock);
            assertThatThrownBy(() -> keys.answer(new Repeatable("ann", "k1", "f1", "req-1"), () -> {
                        database.write(transaction -> done.incrementAndGet());
                        full.set(true);
                        return MADE;
                    }))
                    .hasMessageContaining("is full");
            isToldOf("req-1", keys, done);
        }
    }

    @Test
    void what_still_goes_on_keeps_its_key_and_what_was_undone_leaves_it_free() throws Exception {
        AtomicInteger done = new AtomicInteger();
        try (Database database = open()) {
            IdempotencyKeys keys = new IdempotencyKeys(database, Instant::now);
            assertThatThrownBy(() -> keys.answer(
                            new Repeatable("ann", "k0", "f1", "req-0"),
                            () -> failing(database, ServerError.INTERFACE_FAILED.with("no bus"))))
                    .hasMessageContaining("no bus");
            assertThat(keys.answer(new Repeatable("ann", "k0", "f1", "req-0b"), () -> MADE))
                    .isEqualTo(MADE);
            assertThatThrownBy(() -> keys.answer(new Repeatable("ann", "k1", "f1", "req-1"), () -> {
                        done.incrementAndGet();
                        return failing(database, ServerError.INTERFACE_SLOW.with("s1"));
                    }))
                    .isInstanceOf(ServiceException.class);
            isToldOf("req-1", keys, done);
        }
    }

    private static Recorded failing(Database database, ServiceException failure) {
        database.change(transaction -> {});
        throw failure;
    }

    /** Who sends the request again is refused with 409 and the first one's id, and it is not done again. */
    private static void isToldOf(String first, IdempotencyKeys keys, AtomicInteger done) {
        assertThatThrownBy(() -> keys.answer(new Repeatable("ann", "k1", "f1", "req-2"), () -> {
                    done.incrementAndGet();
                    return MADE;
                }))
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        refused -> assertThat(refused.code()).isEqualTo(HttpError.IDEMPOTENCY_ANSWER_PENDING))
                .hasMessageContaining(first);
        assertThat(done).hasValue(1);
    }

    @Test
    void who_commits_second_is_rolled_back() throws Exception {
        try (Database database = open()) {
            Repeatable request = new Repeatable("ann", "k1", "f1", "req-2");
            Recorded answer = new IdempotencyKeys(database, Instant::now).answer(request, () -> {
                // Another controller carries the request out before this one commits.
                try (ExecutorService elsewhere = Executors.newVirtualThreadPerTaskExecutor()) {
                    Future<Recorded> other = elsewhere.submit(() -> new IdempotencyKeys(database, Instant::now)
                            .answer(new Repeatable("ann", "k1", "f1", "req-1"), () -> MADE));
                    await().until(other::isDone);
                }
                database.change(transaction -> {});
                return new Recorded(500, Optional.empty(), Optional.empty(), new byte[0]);
            });
            assertThat(answer.status()).isEqualTo(202);
        }
    }

    @Test
    void a_key_is_forgotten_after_a_day() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T10:00:00Z"));
        try (Database database = open()) {
            IdempotencyKeys keys = new IdempotencyKeys(database, now::get);
            Repeatable request = new Repeatable("ann", "k1", "f1", "req-1");
            assertThat(keys.answer(request, () -> MADE)).isEqualTo(MADE);
            now.set(now.get().plus(IdempotencyKeys.KEPT).minusMillis(1));
            assertThat(keys.answer(new Repeatable("ann", "k1", "f1", "req-2"), () -> {
                                throw new AssertionError("done again");
                            })
                            .location())
                    .contains("there");
            now.set(now.get().plusMillis(1));
            Recorded later = new Recorded(200, Optional.empty(), Optional.empty(), new byte[0]);
            assertThat(keys.answer(new Repeatable("ann", "k1", "f2", "req-3"), () -> later)
                            .status())
                    .isEqualTo(200);
        }
    }

    private Database open() {
        return Database.open(kind.fresh(folder), List.of("db/placement", ComputeService.MIGRATIONS));
    }
}
