package io.kilonova.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.servers.Server;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service over real sockets: loopback stands for the networks, an address of 127.0.0.0/8 for each guest. */
class MetadataServiceTest {
    private static final String RED = "network-red";
    private static final String BLUE = "network-blue";
    private static final String HERE = "127.0.0.1";
    private static final String ALICE = "127.0.10.5";
    private static final String BOB = "127.0.10.6";
    private static final String NOBODY = "127.0.10.7";
    private static final String UUID_PATH = "/openstack/latest/meta_data.json";

    private final AddressBook networks = new AddressBook();
    private final Map<String, Server> servers = new ConcurrentHashMap<>();
    private final AtomicLong nanoseconds = new AtomicLong();
    private final AtomicInteger reads = new AtomicInteger();
    private final MetadataService service =
            new MetadataService(new GuestAnswers(new Guests(networks, this::read, nanoseconds::get), "novalocal"));

    private ServerSocketChannel red;
    private ServerSocketChannel blue;

    MetadataServiceTest() throws IOException {
        red = listen();
        blue = listen();
    }

    private Optional<Server> read(String id) {
        reads.incrementAndGet();
        if (id.equals("unreadable")) {
            throw new IllegalStateException("jdbc:postgresql://db.internal password=hunter2");
        }
        return Optional.ofNullable(servers.get(id));
    }

    @BeforeEach
    void start() {
        service.start();
        service.serve(RED, red);
        service.serve(BLUE, blue);
        has(RED, ALICE, "alice-red");
        has(RED, BOB, "bob-red");
        has(BLUE, ALICE, "alice-blue");
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
        red.close();
        blue.close();
    }

    private static ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(HERE, 0), 512);
    }

    private void has(String network, String address, String serverId) {
        servers.put(serverId, new Servers().withId(serverId).made());
        networks.give(network, address, serverId);
    }

    private static Socket connect(ServerSocketChannel socket, String from) throws IOException {
        Socket guest = new Socket(HERE, socket.socket().getLocalPort(), InetAddress.getByName(from), 0);
        guest.setSoTimeout(10_000);
        return guest;
    }

    /** Sends text as it is, and answers all that comes back until the other side closes. */
    private static String send(ServerSocketChannel socket, String from, String request) throws IOException {
        try (Socket guest = connect(socket, from)) {
            guest.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            guest.getOutputStream().flush();
            return new String(guest.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String ask(ServerSocketChannel socket, String from, String method, String path, String... headers)
            throws IOException {
        StringBuilder request =
                new StringBuilder("%s %s HTTP/1.1\r\nHost: 169.254.169.254\r\n".formatted(method, path));
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return send(socket, from, request.append("Connection: close\r\n\r\n").toString());
    }

    private static String get(ServerSocketChannel socket, String from, String path, String... headers)
            throws IOException {
        return ask(socket, from, "GET", path, headers);
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.split(" ", 3)[1]);
    }

    @Test
    void a_guest_is_known_by_its_network_and_its_address_there() throws IOException {
        assertThat(get(red, ALICE, UUID_PATH)).startsWith("HTTP/1.1 200").contains("\"uuid\":\"alice-red\"");
        assertThat(get(red, BOB, UUID_PATH)).contains("\"uuid\":\"bob-red\"");
        assertThat(get(blue, ALICE, UUID_PATH)).contains("\"uuid\":\"alice-blue\"");
    }

    @Test
    void an_address_of_no_server_on_this_network_reads_nothing() throws IOException {
        assertThat(status(get(red, NOBODY, UUID_PATH))).isEqualTo(404);
        assertThat(status(get(blue, BOB, UUID_PATH))).isEqualTo(404);
        assertThat(status(get(blue, BOB, "/"))).isEqualTo(404);
    }

    @Test
    void nothing_that_a_guest_says_makes_it_another() throws IOException {
        for (String header : List.of(
                "X-Forwarded-For: " + ALICE,
                "Forwarded: for=" + ALICE,
                "X-Real-IP: " + ALICE,
                "Client-IP: " + ALICE,
                "X-Instance-ID: alice-red",
                "X-Tenant-ID: " + Servers.PROJECT,
                "X-Instance-ID-Signature: 00",
                "X-Metadata-Provider: 00",
                "X-Identity-Status: Confirmed")) {
            assertThat(get(red, BOB, UUID_PATH, header)).as(header).contains("\"uuid\":\"bob-red\"");
            assertThat(status(get(red, NOBODY, UUID_PATH, header))).as(header).isEqualTo(404);
        }
        assertThat(send(
                        red,
                        BOB,
                        "GET http://%s%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                                .formatted(ALICE, UUID_PATH, ALICE)))
                .contains("\"uuid\":\"bob-red\"");
        String proxied = "PROXY TCP4 %s %s 4000 80\r\n".formatted(ALICE, HERE);
        assertThat(send(red, BOB, proxied + "GET %s HTTP/1.1\r\nHost: x\r\n\r\n".formatted(UUID_PATH)))
                .doesNotContain("alice-red")
                .startsWith("HTTP/1.1 4");
    }

    @Test
    void an_address_that_changed_hands_tells_nothing_of_who_had_it() throws IOException {
        assertThat(get(red, ALICE, UUID_PATH)).contains("alice-red");
        has(RED, ALICE, "mallory");
        assertThat(get(red, ALICE, UUID_PATH)).contains("\"uuid\":\"mallory\"").doesNotContain("alice-red");
        networks.disconnect("mallory");
        assertThat(status(get(red, ALICE, UUID_PATH))).isEqualTo(404);
    }

    @Test
    void a_row_is_read_once_for_a_burst_and_anew_after_it() throws IOException {
        get(red, ALICE, UUID_PATH);
        get(red, ALICE, "/latest/meta-data/instance-id");
        assertThat(reads).hasValue(1);
        servers.put(
                "alice-red",
                new Servers().withId("alice-red").withName("renamed").made());
        nanoseconds.addAndGet(3_000_000_000L);
        assertThat(get(red, ALICE, UUID_PATH)).contains("\"name\":\"renamed\"");
        assertThat(reads).hasValue(2);
    }

    @Test
    void metadata_can_only_be_read() throws IOException {
        for (String method : List.of("PUT", "DELETE", "PATCH", "OPTIONS", "POST", "TRACE")) {
            assertThat(ask(red, ALICE, method, UUID_PATH, "Content-Length: 0"))
                    .as(method)
                    .startsWith("HTTP/1.1 405")
                    .contains("Allow: GET, HEAD");
        }
        assertThat(status(ask(red, ALICE, "POST", "/openstack/latest/password", "Content-Length: 0")))
                .isEqualTo(501);
        assertThat(status(get(red, ALICE, "/openstack/latest/password"))).isEqualTo(404);
    }

    @Test
    void head_tells_the_length_and_no_more() throws IOException {
        assertThat(ask(red, ALICE, "HEAD", "/latest/meta-data/instance-id"))
                .startsWith("HTTP/1.1 200")
                .contains("Content-Length: 10")
                .endsWith("\r\n\r\n");
    }

    @Test
    void an_old_client_is_answered_too() throws IOException {
        assertThat(send(red, ALICE, "GET /latest/meta-data/instance-id HTTP/1.0\r\n\r\n"))
                .contains(" 200 ")
                .endsWith("i-0000002a");
    }

    @Test
    void paths_are_names_and_never_files() throws IOException {
        assertThat(get(red, ALICE, "//latest//meta-data//instance-id/")).endsWith("i-0000002a");
        for (String path : List.of(
                "/openstack/content/../../../etc/passwd",
                "/openstack/content/%2e%2e/%2e%2e/etc/passwd",
                "/openstack/content/..%2f..%2fetc%2fpasswd",
                "/openstack/content/%00",
                "/etc/passwd",
                "/latest/meta-data/%0d%0aSet-Cookie:x")) {
            assertThat(get(red, ALICE, path))
                    .as(path)
                    .startsWith("HTTP/1.1 4")
                    .doesNotContain("root:", "Set-Cookie:x\r\n");
        }
    }

    @Test
    void an_oversized_request_is_refused() throws IOException {
        assertThat(status(get(red, ALICE, UUID_PATH, "X-Filler: " + "a".repeat(16 * 1024))))
                .isEqualTo(431);
        assertThat(status(get(red, ALICE, "/" + "a".repeat(16 * 1024)))).isEqualTo(414);
    }

    @Test
    void one_guest_cannot_use_up_the_connections_of_others() throws IOException {
        List<Socket> held = new ArrayList<>();
        try {
            for (int count = 0; count < GuestConnector.MAXIMUM_CONNECTIONS_PER_GUEST; count++) {
                held.add(connect(red, ALICE));
            }
            try (Socket refused = connect(red, ALICE)) {
                assertThat(refused.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(get(red, BOB, UUID_PATH)).contains("bob-red");
            assertThat(get(blue, ALICE, UUID_PATH)).contains("alice-blue");
            held.removeLast().close();
            await().until(() -> answered(red, ALICE));
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    private static boolean answered(ServerSocketChannel socket, String from) {
        try {
            return get(socket, from, UUID_PATH).contains("alice-red");
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void a_cause_inside_never_reaches_a_guest() throws IOException {
        networks.give(RED, NOBODY, "unreadable");
        assertThat(get(red, NOBODY, UUID_PATH))
                .startsWith("HTTP/1.1 500")
                .contains("could not be read")
                .doesNotContain("hunter2", "postgresql", "Exception", "Jetty");
    }

    @Test
    void a_network_that_is_stopped_is_silent_and_the_others_answer() throws IOException {
        int port = red.socket().getLocalPort();
        service.stop(RED);
        service.stop(RED);
        assertThat(red.isOpen()).isFalse();
        assertThatThrownBy(() -> new Socket(HERE, port).close()).isInstanceOf(ConnectException.class);
        assertThat(get(blue, ALICE, UUID_PATH)).contains("alice-blue");
    }

    @Test
    void a_new_socket_takes_the_place_of_the_old_one() throws IOException {
        try (ServerSocketChannel next = listen()) {
            service.serve(RED, next);
            service.serve(RED, next);
            assertThat(get(next, ALICE, UUID_PATH)).contains("alice-red");
            assertThat(red.isOpen()).isFalse();
        }
        blue.close();
        try (ServerSocketChannel next = listen()) {
            service.serve(BLUE, next);
            assertThat(get(next, ALICE, UUID_PATH)).contains("alice-blue");
        }
    }

    @Test
    void a_service_that_ends_closes_its_sockets() throws IOException {
        int port = red.socket().getLocalPort();
        service.close();
        assertThat(red.isOpen()).isFalse();
        assertThatThrownBy(() -> new Socket(HERE, port).close()).isInstanceOf(ConnectException.class);
    }

    @Test
    void five_hundred_guests_that_boot_at_once_each_read_their_own() throws Exception {
        List<Callable<String>> guests = new ArrayList<>();
        for (int count = 0; count < 500; count++) {
            String address = "127.1.%d.%d".formatted(count / 250, count % 250 + 1);
            String id = "guest-%03d".formatted(count);
            has(RED, address, id);
            guests.add(() -> get(red, address, UUID_PATH).contains("\"uuid\":\"%s\"".formatted(id)) ? "right" : id);
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<String> answers = new ArrayList<>();
            for (Future<String> answer : threads.invokeAll(guests)) {
                answers.add(answer.get());
            }
            assertThat(answers).hasSize(500).containsOnly("right");
        }
    }
}
