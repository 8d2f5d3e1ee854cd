package io.kilonova.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two changes over PostgreSQL of which each has begun before the other writes: neither undoes what the other does. */
class ChangesAtOnceTest {
    private TestCloud cloud;
    private String admin;

    @BeforeEach
    void start(@TempDir Path folder) {
        cloud = TestCloud.over(EachDatabase.POSTGRESQL.fresh(folder), folder);
        admin = cloud.admin();
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    /** Runs both side by side. Nothing is written into a table before both want to write there, or wait for each other. */
    private List<Integer> meeting(String table, Callable<TestCloud.Answer> one, Callable<TestCloud.Answer> other)
            throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TestCloud.Answer>> both = cloud.database().write(transaction -> {
                transaction.sql().execute("LOCK TABLE " + table + " IN SHARE MODE");
                List<Future<TestCloud.Answer>> begun = List.of(threads.submit(one), threads.submit(other));
                await().atMost(Duration.ofSeconds(30)).until(this::waiting, waiting -> waiting == 2);
                return begun;
            });
            List<Integer> statuses = new ArrayList<>();
            for (Future<TestCloud.Answer> answer : both) {
                statuses.add(answer.get().status());
            }
            return statuses;
        }
    }

    private int waiting() {
        return cloud.database()
                .read(sql -> sql.fetchSingle("SELECT COUNT(*) FROM pg_stat_activity"
                                + " WHERE datname = current_database() AND wait_event_type = 'Lock'")
                        .get(0, Integer.class));
    }

    @Test
    void a_user_who_is_disabled_while_something_else_of_them_changes_stays_disabled() throws Exception {
        String user = cloud.make("user", admin, "\"name\": \"ann\"");
        List<Integer> statuses = meeting(
                "identity_users",
                () -> cloud.patch("/users/" + user, admin, "{\"user\": {\"enabled\": false}}"),
                () -> cloud.patch("/users/" + user, admin, "{\"user\": {\"email\": \"ann@example.org\"}}"));
        assertThat(statuses).containsExactly(200, 200);
        TestCloud.Answer shown = cloud.get("/users/" + user, admin);
        assertThat(shown.body().at("/user/enabled").booleanValue()).isFalse();
        assertThat(shown.at("/user/email")).isEqualTo("ann@example.org");
    }

    @Test
    void two_roles_do_not_come_to_imply_each_other() throws Exception {
        String one = cloud.make("role", admin, "\"name\": \"one\"");
        String other = cloud.make("role", admin, "\"name\": \"other\"");
        List<Integer> statuses = meeting(
                "identity_implied_roles",
                () -> cloud.put("/roles/%s/implies/%s".formatted(one, other), admin),
                () -> cloud.put("/roles/%s/implies/%s".formatted(other, one), admin));
        assertThat(statuses).containsExactlyInAnyOrder(201, 403);
    }
}
