package io.kilonova.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.errors.ServiceException;
import io.kilonova.networks.NetworkCloud.Reply;
import io.kilonova.storage.Database;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two transactions over PostgreSQL of which each has read before the other writes: neither undoes what the other does. */
class MeetingChangesTest {
    private static Database database;
    private static NetworkCloud cloud;

    private String network;

    @BeforeAll
    static void start(@TempDir Path folder) {
        database = NetworkCloud.database(EachDatabase.POSTGRESQL, folder);
        cloud = new NetworkCloud(database, NetworkBackend.none());
    }

    @AfterAll
    static void stop() {
        cloud.close();
        database.close();
    }

    @BeforeEach
    void begin() {
        NetworkCloud.forgetEverything(database);
        network = cloud.network("ann", "inner");
    }

    /** Runs both side by side. Nothing is written before both want to write, or wait for each other. */
    private static <T> List<T> meeting(Callable<T> one, Callable<T> other) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> both = database.write(transaction -> {
                transaction.sql().execute("LOCK TABLE network_resources IN SHARE MODE");
                List<Future<T>> begun = List.of(threads.submit(one), threads.submit(other));
                await().atMost(Duration.ofSeconds(30)).until(MeetingChangesTest::waiting, waiting -> waiting == 2);
                return begun;
            });
            List<T> results = new ArrayList<>();
            for (Future<T> result : both) {
                results.add(result.get());
            }
            return results;
        }
    }

    private static int waiting() {
        return database.read(sql -> sql.fetchSingle("SELECT COUNT(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'")
                .get(0, Integer.class));
    }

    private static List<Integer> statuses(List<Reply> replies) {
        return replies.stream().map(Reply::status).toList();
    }

    private static ServerPlace server(String id, String host) {
        return new ServerPlace(id, NetworkCloud.ANNS, "web", host, "nova");
    }

    private static CardRequest on(String network) {
        return new CardRequest(Optional.of(network), Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }

    private static JsonNode shown(String path) {
        return cloud.get("root", path).one();
    }

    @Test
    void a_server_that_moves_and_a_change_of_its_security_groups_do_not_undo_each_other() throws Exception {
        cloud.networks().connect(server("s1", "old"), List.of(on(network)));
        String port = cloud.get("ann", "ports?device_id=s1").ids().getFirst();
        meeting(() -> cloud.networks().bind(server("s1", "new")), () -> {
            cloud.networks().removeSecurityGroup(NetworkCloud.caller("ann"), "s1", "default");
            return List.of();
        });
        assertThat(shown("ports/" + port).path("binding:host_id").asString()).isEqualTo("new");
        assertThat(shown("ports/" + port).path("security_groups")).isEmpty();
    }

    @Test
    void one_of_two_servers_gets_a_port_that_both_want() throws Exception {
        String port = cloud.port("ann", network);
        CardRequest wanted =
                new CardRequest(Optional.of(network), Optional.of(port), Optional.empty(), Optional.empty(), List.of());
        List<String> told = meeting(() -> take("s1", wanted), () -> take("s2", wanted));
        assertThat(told).containsExactlyInAnyOrder("taken", NetworkError.SERVER_PORT_IN_USE.name());
        String winner = told.getFirst().equals("taken") ? "s1" : "s2";
        assertThat(shown("ports/" + port).path("device_id").asString()).isEqualTo(winner);
    }

    private static String take(String server, CardRequest wanted) {
        try {
            return cloud.networks()
                            .connect(server(server, "host"), List.of(wanted))
                            .isEmpty()
                    ? "nothing"
                    : "taken";
        } catch (ServiceException refused) {
            return refused.code().name();
        }
    }

    @Test
    void two_changes_of_a_router_are_both_kept() throws Exception {
        String router = cloud.make("ann", "routers", "{'router': {'name': 'r'}}");
        List<Reply> replies = meeting(
                () -> cloud.put("ann", "routers/" + router, "{'router': {'name': 'renamed'}}"),
                () -> cloud.put("ann", "routers/" + router, "{'router': {'description': 'described'}}"));
        assertThat(statuses(replies)).containsExactly(200, 200);
        assertThat(shown("routers/" + router).path("name").asString()).isEqualTo("renamed");
        assertThat(shown("routers/" + router).path("description").asString()).isEqualTo("described");
    }

    @Test
    void what_is_changed_while_it_is_removed_is_gone() throws Exception {
        String port = cloud.port("ann", network);
        List<Reply> replies = meeting(
                () -> cloud.delete("ann", "ports/" + port),
                () -> cloud.put("ann", "ports/" + port, "{'port': {'name': 'renamed'}}"));
        assertThat(replies.getFirst().status()).isEqualTo(204);
        assertThat(replies.getLast().status()).isIn(200, 404);
        assertThat(cloud.get("ann", "ports/" + port).status()).isEqualTo(404);
    }

    @Test
    void a_network_is_not_removed_from_under_a_new_port() throws Exception {
        List<Reply> replies = meeting(
                () -> cloud.post("ann", "ports", "{'port': {'network_id': '%s'}}", network),
                () -> cloud.delete("ann", "networks/" + network));
        int ports = cloud.get("ann", "ports").ids().size();
        int networks = cloud.get("ann", "networks").ids().size();
        assertThat(networks).isEqualTo(ports);
        assertThat(statuses(replies)).isIn(List.of(201, 409), List.of(404, 204));
    }

    @Test
    void a_subnet_is_not_removed_from_under_a_new_port() throws Exception {
        String subnet = cloud.subnet("ann", network, "10.0.0.0/24");
        meeting(
                () -> cloud.post("ann", "ports", "{'port': {'network_id': '%s'}}", network),
                () -> cloud.delete("ann", "subnets/" + subnet));
        boolean there = cloud.get("ann", "subnets/" + subnet).status() == 200;
        JsonNode port = cloud.get("ann", "ports?device_owner=").one().path(0);
        assertThat(port.path("fixed_ips").size()).isEqualTo(there ? 1 : 0);
    }

    @Test
    void a_security_group_is_not_removed_while_a_port_takes_it() throws Exception {
        String group = cloud.make("ann", "security-groups", "{'security_group': {'name': 'web'}}");
        String port = cloud.port("ann", network);
        List<Reply> replies = meeting(
                () -> cloud.put("ann", "ports/" + port, "{'port': {'security_groups': ['%s']}}", group),
                () -> cloud.delete("ann", "security-groups/" + group));
        assertThat(statuses(replies)).isIn(List.of(200, 409), List.of(404, 204));
    }

    @Test
    void two_who_need_a_project_s_default_group_first_make_one() throws Exception {
        List<Reply> replies = meeting(
                () -> cloud.post("ann", "ports", "{'port': {'network_id': '%s'}}", network),
                () -> cloud.post("ann", "ports", "{'port': {'network_id': '%s'}}", network));
        assertThat(statuses(replies)).containsExactly(201, 201);
        assertThat(cloud.get("ann", "security-groups").ids()).hasSize(1);
        assertThat(cloud.get("ann", "security-group-rules").ids()).hasSize(4);
    }

    @Test
    void two_do_not_take_the_last_of_a_quota() throws Exception {
        cloud.put("root", "quotas/" + NetworkCloud.ANNS, "{'quota': {'router': 1}}");
        List<Reply> replies = meeting(
                () -> cloud.post("ann", "routers", "{'router': {'name': 'one'}}"),
                () -> cloud.post("ann", "routers", "{'router': {'name': 'other'}}"));
        assertThat(statuses(replies)).containsExactlyInAnyOrder(201, 409);
    }

    @Test
    void a_router_gets_one_of_two_networks_that_overlap() throws Exception {
        String one = cloud.subnet("ann", network, "10.0.0.0/24");
        String other = cloud.subnet("ann", cloud.network("ann", "second"), "10.0.0.0/24");
        String router = cloud.make("ann", "routers", "{'router': {'name': 'r'}}");
        List<Reply> replies = meeting(
                () -> cloud.put("ann", "routers/" + router + "/add_router_interface", "{'subnet_id': '%s'}", one),
                () -> cloud.put("ann", "routers/" + router + "/add_router_interface", "{'subnet_id': '%s'}", other));
        assertThat(statuses(replies)).containsExactlyInAnyOrder(200, 400);
    }

    @Test
    void a_floating_ip_does_not_lead_through_a_router_that_leaves_nor_to_a_port_that_goes() throws Exception {
        String subnet = cloud.subnet("ann", network, "10.0.0.0/24");
        String external = cloud.external();
        String router = cloud.router("ann", external, subnet);
        String port = cloud.port("ann", network);
        String floating = cloud.make("ann", "floatingips", "{'floatingip': {'floating_network_id': '%s'}}", external);
        Callable<Reply> lead =
                () -> cloud.put("ann", "floatingips/" + floating, "{'floatingip': {'port_id': '%s'}}", port);
        String interfaces = "routers/" + router + "/%s_router_interface";
        List<Reply> replies =
                meeting(lead, () -> cloud.put("ann", interfaces.formatted("remove"), "{'subnet_id': '%s'}", subnet));
        assertThat(statuses(replies)).isIn(List.of(200, 409), List.of(404, 200));
        cloud.put("ann", interfaces.formatted("add"), "{'subnet_id': '%s'}", subnet);
        cloud.put("ann", "floatingips/" + floating, "{'floatingip': {'port_id': null}}");
        List<Reply> without = meeting(lead, () -> cloud.delete("ann", "ports/" + port));
        assertThat(without.getLast().status()).isEqualTo(204);
        assertThat(shown("floatingips/" + floating).path("port_id").isNull()).isTrue();
    }

    @Test
    void one_of_two_floating_ips_leads_to_an_address() throws Exception {
        String subnet = cloud.subnet("ann", network, "10.0.0.0/24");
        String external = cloud.external();
        cloud.router("ann", external, subnet);
        String port = cloud.port("ann", network);
        Callable<Reply> lead = () -> cloud.post(
                "ann", "floatingips", "{'floatingip': {'floating_network_id': '%s', 'port_id': '%s'}}", external, port);
        assertThat(statuses(meeting(lead, lead))).containsExactlyInAnyOrder(201, 409);
    }
}
