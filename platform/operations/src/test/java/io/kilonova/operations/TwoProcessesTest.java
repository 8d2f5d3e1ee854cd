package io.kilonova.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import io.kilonova.storage.PostgresqlServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two controllers as two real processes over one PostgreSQL; the test is a hypervisor that both of them command. */
class TwoProcessesTest {
    /** What the lease of 6 s, the look for it twice a second and the first steps of the other one leave of 10 s. */
    private static final Duration TAKEOVER = Duration.ofSeconds(10);

    /** A lease that was given back is seen at the next look. */
    private static final Duration HANDOVER = Duration.ofSeconds(2);

    private final DatabaseOptions options = PostgresqlServer.shared().freshDatabase();
    private final Database database = Database.open(options, Lab.MIGRATIONS);
    private final Operations observer = new Operations(
            database,
            List.of(ControllerProcess.work(database)),
            OperationsOptions.cluster("x"),
            InstantSource.system());

    @AfterEach
    void close() {
        database.close();
    }

    private String submitted() {
        return database.write(transaction ->
                observer.submit(transaction, new Submission<>("work", Trail.EMPTY, "project", "server", "req-1")));
    }

    private static void awaitCommands(ControllerProcess controller, Duration limit) {
        int before = controller.commands().size();
        Awaitility.await()
                .atMost(limit)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> controller.commands().size() > before);
    }

    private void awaitSuccess(String id) {
        database.change(transaction -> Errand.mark(transaction, "hypervisor", "enough"));
        Lab.until(() -> observer.find(id).orElseThrow().phase() == OperationPhase.SUCCEEDED);
        assertThat(Errand.marks(database, "server")).containsExactly("before", "command", "after", "work succeeded");
    }

    private static long lastFence(ControllerProcess controller) {
        return controller.commands().getLast().fence();
    }

    @Test
    void a_killed_controllers_operation_goes_on_elsewhere_within_ten_seconds() throws Exception {
        String id = submitted();
        try (ControllerProcess one = new ControllerProcess("one", options)) {
            awaitCommands(one, Duration.ofSeconds(30));
            try (ControllerProcess two = new ControllerProcess("two", options)) {
                Lab.until(() -> database.read(sql -> sql.fetchCount(org.jooq.impl.DSL.table("controllers"))) == 2);
                one.close();
                awaitCommands(two, TAKEOVER);
                assertThat(lastFence(two)).isGreaterThan(lastFence(one));
                awaitSuccess(id);
            }
        }
    }

    @Test
    void a_controller_that_was_paused_for_longer_than_its_lease_commands_nothing_and_writes_nothing_afterwards()
            throws Exception {
        String id = submitted();
        try (ControllerProcess one = new ControllerProcess("one", options)) {
            awaitCommands(one, Duration.ofSeconds(30));
            try (ControllerProcess two = new ControllerProcess("two", options)) {
                Lab.until(() -> database.read(sql -> sql.fetchCount(org.jooq.impl.DSL.table("controllers"))) == 2);
                one.signal("STOP");
                int sent = one.commands().size();
                awaitCommands(two, TAKEOVER);
                one.signal("CONT");
                // It is heard of again, as a new controller, and has had all the time to command.
                Lab.until(() -> database.read(sql -> sql.fetchCount(org.jooq.impl.DSL.table("controllers"))) == 2);
                awaitCommands(two, TAKEOVER);
                // What was on its way when it was stopped may arrive: its fence is lower, and a node refuses it.
                assertThat(one.commands().size() - sent).isLessThanOrEqualTo(1);
                assertThat(lastFence(one)).isLessThan(lastFence(two));
                awaitSuccess(id);
            }
        }
    }

    @Test
    void a_controller_that_is_told_to_end_hands_its_operation_over_at_once() throws Exception {
        String id = submitted();
        try (ControllerProcess one = new ControllerProcess("one", options)) {
            awaitCommands(one, Duration.ofSeconds(30));
            try (ControllerProcess two = new ControllerProcess("two", options)) {
                Lab.until(() -> database.read(sql -> sql.fetchCount(org.jooq.impl.DSL.table("controllers"))) == 2);
                one.signal("TERM");
                assertThat(one.awaitEnd()).isTrue();
                awaitCommands(two, HANDOVER);
                awaitSuccess(id);
            }
        }
    }
}
