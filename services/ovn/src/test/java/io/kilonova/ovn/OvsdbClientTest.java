package io.kilonova.ovn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.ServiceException;
import io.kilonova.ovn.OvsdbOperation.Condition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OvsdbClientTest {
    private static final String NB = "OVN_Northbound";
    private static DatabaseServer server;
    private static OvsdbClient client;

    @BeforeAll
    static void start() throws IOException {
        server = new DatabaseServer(DatabaseServer.shortFolder());
        client = new OvsdbClient(server.endpoint());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void a_row_is_read_as_it_was_written() {
        UUID row = UUID.randomUUID();
        Map<String, Datum> columns =
                Map.of("name", Datum.text("näme \"} {\\"), "external_ids", Datum.map(Map.of("a", "1", "b", "{[\"")));
        client.transact(NB, OvsdbOperation.insert("Logical_Switch", row, columns));
        assertThat(client.transact(NB, OvsdbOperation.select("Logical_Switch", row, "name", "external_ids", "ports"))
                        .rows(0))
                .singleElement()
                .satisfies(read -> {
                    assertThat(read).containsAllEntriesOf(columns);
                    assertThat(read).containsEntry("ports", Datum.nothing());
                });
    }

    @Test
    void a_row_may_refer_to_another_of_its_transaction_by_name() {
        UUID network = UUID.randomUUID();
        client.transact(
                NB,
                new OvsdbOperation.Insert(
                        "Logical_Switch_Port",
                        Optional.empty(),
                        Optional.of("port"),
                        Map.of("name", Datum.text("named-" + network))),
                new OvsdbOperation.Insert(
                        "Logical_Switch",
                        Optional.of(network),
                        Optional.empty(),
                        Map.of("ports", Datum.namedRow("port"))));
        assertThat(client.transact(NB, OvsdbOperation.select("Logical_Switch", network, "ports"))
                        .rows(0)
                        .getFirst()
                        .get("ports")
                        .rows())
                .hasSize(1);
    }

    @Test
    void a_guard_that_does_not_hold_aborts_the_whole_transaction() {
        UUID row = UUID.randomUUID();
        client.transact(NB, OvsdbOperation.insert("Logical_Switch", row, Map.of("name", Datum.text("before"))));
        List<Condition> where = List.of(Condition.identity(row));
        assertThat(codeOf(() -> client.transact(
                        NB,
                        new OvsdbOperation.Update("Logical_Switch", where, Map.of("name", Datum.text("after"))),
                        new OvsdbOperation.Wait(
                                "Logical_Switch",
                                where,
                                List.of("name"),
                                List.of(Map.of("name", Datum.text("something else"))),
                                Duration.ZERO))))
                .isEqualTo(OvnError.OVSDB_CHANGED);
        assertThat(client.transact(NB, OvsdbOperation.select("Logical_Switch", row, "name"))
                        .rows(0)
                        .getFirst())
                .containsEntry("name", Datum.text("before"));
    }

    @Test
    void a_row_cannot_be_made_twice() {
        UUID row = UUID.randomUUID();
        OvsdbOperation insert = OvsdbOperation.insert("Logical_Switch", row, Map.of("name", Datum.text("once")));
        client.transact(NB, insert);
        assertThat(codeOf(() -> client.transact(NB, insert))).isEqualTo(OvnError.OVSDB_CHANGED);
    }

    @Test
    void a_table_that_does_not_exist_is_a_clear_refusal() {
        assertThatThrownBy(() -> client.transact(NB, OvsdbOperation.select("Nonsense", UUID.randomUUID(), "name")))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("Nonsense");
    }

    @Test
    void many_callers_share_the_connection_and_each_gets_its_own_answer() throws InterruptedException {
        AtomicInteger right = new AtomicInteger();
        List<Thread> callers = java.util.stream.IntStream.range(0, 200)
                .mapToObj(number -> Thread.startVirtualThread(() -> {
                    UUID row = UUID.randomUUID();
                    client.transact(
                            NB, OvsdbOperation.insert("Logical_Switch", row, Map.of("name", Datum.text("n" + number))));
                    if (client.transact(NB, OvsdbOperation.select("Logical_Switch", row, "name"))
                            .rows(0)
                            .getFirst()
                            .get("name")
                            .equals(Datum.text("n" + number))) {
                        right.incrementAndGet();
                    }
                }))
                .toList();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(right).hasValue(200);
    }

    @Test
    void a_monitor_tells_of_what_comes_changes_and_goes_in_that_order() throws InterruptedException {
        UUID row = UUID.randomUUID();
        BlockingQueue<RowUpdate> told = new LinkedBlockingQueue<>();
        List<MonitoredTable> tables = List.of(MonitoredTable.everything("Address_Set", "name", "addresses"));
        try (OvsdbMonitor monitor = client.monitor(NB, tables, told::add)) {
            assertThat(monitor).isNotNull();
            client.transact(NB, OvsdbOperation.insert("Address_Set", row, Map.of("name", Datum.text("told"))));
            client.transact(
                    NB,
                    new OvsdbOperation.Update(
                            "Address_Set",
                            List.of(Condition.identity(row)),
                            Map.of("addresses", Datum.texts(List.of("10.0.0.1", "10.0.0.2")))));
            client.transact(NB, new OvsdbOperation.Delete("Address_Set", List.of(Condition.identity(row))));
            RowUpdate came = told.poll(10, TimeUnit.SECONDS);
            assertThat(came.row()).isEqualTo(row);
            assertThat(came.column("name").text()).contains("told");
            RowUpdate changed = told.poll(10, TimeUnit.SECONDS);
            assertThat(changed.before()).containsOnlyKeys("addresses");
            assertThat(changed.column("addresses").texts()).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
            assertThat(told.poll(10, TimeUnit.SECONDS).isGone()).isTrue();
        }
    }

    @Test
    void a_server_that_is_killed_and_comes_back_is_used_again_and_its_monitors_go_on() throws Exception {
        BlockingQueue<RowUpdate> told = new LinkedBlockingQueue<>();
        AtomicInteger starts = new AtomicInteger();
        try (DatabaseServer other = new DatabaseServer(DatabaseServer.shortFolder());
                OvsdbClient patient = new OvsdbClient(other.endpoint())) {
            patient.monitor(NB, List.of(MonitoredTable.everything("Address_Set", "name")), new MonitorListener() {
                @Override
                public void changed(RowUpdate update) {
                    told.add(update);
                }

                @Override
                public void started() {
                    starts.incrementAndGet();
                }
            });
            UUID row = UUID.randomUUID();
            patient.transact(NB, OvsdbOperation.insert("Address_Set", row, Map.of("name", Datum.text("lasting"))));
            assertThat(told.poll(10, TimeUnit.SECONDS).row()).isEqualTo(row);
            other.kill();
            Thread caller = Thread.startVirtualThread(patient::echo);
            other.bringBack();
            caller.join();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(starts).hasValue(2));
            assertThat(told.poll(10, TimeUnit.SECONDS).row()).isEqualTo(row);
            assertThat(patient.transact(NB, OvsdbOperation.select("Address_Set", row, "name"))
                            .rows(0))
                    .hasSize(1);
        }
    }

    @Test
    void a_server_that_is_not_there_is_reported_within_the_deadline() {
        try (OvsdbClient lonely = new OvsdbClient(
                OvsdbEndpoint.parse("unix:/tmp/no-such-socket-of-kilonova"), Duration.ofMillis(300), 1024)) {
            assertThat(codeOf(lonely::echo)).isEqualTo(OvnError.OVSDB_UNREACHABLE);
        }
    }

    @Test
    void a_server_that_never_answers_is_reported_within_the_deadline() throws IOException {
        try (ScriptedServer silent = new ScriptedServer("");
                OvsdbClient waiting = new OvsdbClient(silent.endpoint(), Duration.ofMillis(300), 1024)) {
            assertThat(codeOf(waiting::echo)).isEqualTo(OvnError.OVSDB_DEADLINE);
        }
    }

    @Test
    void a_message_above_the_bound_ends_the_connection_instead_of_filling_the_memory() throws IOException {
        try (ScriptedServer loud =
                        new ScriptedServer("{\"id\":1,\"result\":\"" + "x".repeat(100_000) + "\",\"error\":null}");
                OvsdbClient bounded = new OvsdbClient(loud.endpoint(), Duration.ofSeconds(10), 10_000)) {
            assertThat(codeOf(bounded::echo)).isEqualTo(OvnError.OVSDB_PROTOCOL);
        }
    }

    @Test
    void nonsense_is_reported_as_such() throws IOException {
        for (String words : List.of(
                "HTTP/1.1 400 Bad Request\r\n\r\n", "{\"id\":1,,}", "{\"id\":1,\"result\":" + "[".repeat(5000))) {
            try (ScriptedServer strange = new ScriptedServer(words + "}".repeat(6000));
                    OvsdbClient careful = new OvsdbClient(strange.endpoint(), Duration.ofSeconds(10), 1 << 20)) {
                assertThat(codeOf(careful::echo)).isIn(OvnError.OVSDB_PROTOCOL);
            }
        }
    }

    @Test
    void a_server_that_asks_for_a_sign_of_life_gets_one() throws IOException, InterruptedException {
        try (ScriptedServer probing = new ScriptedServer(
                        "{\"id\":\"echo\",\"method\":\"echo\",\"params\":[7]} {\"id\":1,\"result\":[],\"error\":null}");
                OvsdbClient alive = new OvsdbClient(probing.endpoint(), Duration.ofSeconds(10), 1 << 20)) {
            alive.echo();
            assertThat(probing.heard.poll(10, TimeUnit.SECONDS)).contains("\"method\":\"echo\"");
            assertThat(probing.heard.poll(10, TimeUnit.SECONDS))
                    .contains("\"id\":\"echo\"")
                    .contains("\"result\":[7]");
        }
    }

    @Test
    void an_address_in_no_known_notation_is_refused() {
        for (String notation : List.of("", "unix:relative", "tcp:host", "tcp:host:70000", "ssl:host:1", "tcp::6641")) {
            assertThat(codeOf(() -> OvsdbEndpoint.parse(notation))).as(notation).isEqualTo(OvnError.VALUE_INVALID);
        }
        assertThat(OvsdbEndpoint.parse("tcp:[::1]:6641")).isEqualTo(new OvsdbEndpoint.Tcp("[::1]", 6641));
    }

    static ErrorCode codeOf(ThrowingCallable action) {
        Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(action);
        assertThat(thrown).isInstanceOf(ServiceException.class);
        return ((ServiceException) thrown).code();
    }
}
