package io.kilonova.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kilonova.errors.ServiceException;
import io.kilonova.fake.Command;
import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FakeHypervisor;
import io.kilonova.fake.FleetOptions;
import io.kilonova.node.NodeMessages.Heard;
import io.kilonova.node.NodeMessages.Heartbeat;
import io.kilonova.node.Wire.Nothing;
import io.kilonova.spi.DiskSource;
import io.kilonova.spi.GuestEvent;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.LiveMigrationOptions;
import io.kilonova.spi.LiveMigrationTarget;
import io.kilonova.spi.PowerState;
import io.kilonova.spi.Progress;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import io.kilonova.storage.Transaction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller's gate and a node's agent on real sockets, and everything that somebody on their network may try. */
class HostileNetworkTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String GUEST = "7d1f2f4e-0000-4000-8000-000000000001";

    @TempDir
    private Path folder;

    private final Set<String> heard = ConcurrentHashMap.newKeySet();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final FakeFleet fake = FakeFleet.alone("one", FleetOptions.of(1));
    private CertificateAuthority authority;
    private Database database;
    private NodeRegister register;
    private Credential controller;
    private Optional<CommandScope> scope = Optional.empty();
    private NodeFleet fleet;
    private NodeGate gate;
    private NodeIdentity identity;
    private NodeAgent agent;

    @BeforeEach
    void startBothSides() {
        authority = CertificateAuthority.create(folder.resolve("authority"), Clock.systemUTC());
        database = Database.open(DatabaseOptions.sqlite(folder.resolve("db")), List.of(NodeRegister.MIGRATIONS));
        register = new NodeRegister(database, Clock.systemUTC());
        controller = authority.newCredential(Role.CONTROLLER);
        fleet = new NodeFleet(register, () -> controller, () -> scope);
        gate = new NodeGate(register, fleet, authority, () -> controller, new Listener(), "127.0.0.1", 0);
        gate.open();
        identity = enrol("one");
        agent = new NodeAgent(fake.host("one"), identity, folder.resolve("one"), "127.0.0.1", 0);
        agent.start();
        beat(identity, identity.id(), "one");
    }

    @AfterEach
    void stopBothSides() {
        agent.close();
        gate.close();
        fleet.close();
        database.close();
    }

    @Test
    void a_node_that_enrolled_is_heard_and_obeys() {
        assertThat(heard).containsExactly("one");
        assertThat(fleet.hypervisor("one").orElseThrow().inventory().virtualCpus())
                .isEqualTo(64);
        fleet.hypervisor("one").orElseThrow().spawn(SmallGuest.called(GUEST), Progress.silent());
        assertThat(fleet.hypervisor("one").orElseThrow().guests()).hasSize(1);
    }

    @Test
    void disks_go_from_node_to_node_and_to_nobody_whom_they_were_not_offered_to() throws Exception {
        NodeIdentity two = enrol("two");
        FakeFleet destination = FakeFleet.alone("two", FleetOptions.of(1));
        fleet.hypervisor("one").orElseThrow().spawn(SmallGuest.called(GUEST), Progress.silent());
        fleet.hypervisor("one").orElseThrow().stop(GUEST, Duration.ZERO);
        try (NodeAgent receiver = new NodeAgent(destination.host("two"), two, folder.resolve("two"), "127.0.0.1", 0);
                PeerClient thief = new PeerClient(MutualTls.context(two, PeerCheck.anyRole()))) {
            receiver.start();
            register.moved(two.id(), "127.0.0.1:" + receiver.port());
            fleet.refresh();
            URI disks = URI.create("https://127.0.0.1:%d/v1/disks/%s".formatted(agent.port(), GUEST));
            assertThatThrownBy(() -> thief.open(disks, Map.of("Kilonova-Ticket", "guessed"), LIMIT))
                    .hasMessageContaining("is not on host of this offer");

            fleet.hypervisor("two")
                    .orElseThrow()
                    .importDisks(
                            SmallGuest.called(GUEST),
                            DiskSource.of(fleet.hypervisor("one").orElseThrow(), GUEST),
                            Progress.silent());
        }
        assertThat(destination.host("two").guests()).hasSize(1);
    }

    @Test
    void a_stranger_that_dribbles_is_shut_out_and_a_running_guest_takes_as_long_as_it_takes_between_its_two_nodes()
            throws Exception {
        NodeIdentity two = enrol("two");
        LiveMigrationTarget there = new LiveMigrationTarget(
                "two", "none:///", folder.resolve("there").toString());
        LiveMigrationTarget here = new LiveMigrationTarget(
                "two", "none:///", folder.resolve("here").toString());
        Path socket = there.sockets().get(LiveMigrationTarget.MEMORY);
        Files.createDirectories(socket.getParent());
        byte[] memory = new byte[3 << 20];
        new Random(7).nextBytes(memory);
        try (NodeAgent receiver = new NodeAgent(
                        FakeFleet.alone("two", FleetOptions.of(1)).host("two"),
                        two,
                        folder.resolve("two"),
                        "127.0.0.1",
                        0);
                ServerSocketChannel qemu = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                PeerClient thief = new PeerClient(MutualTls.context(two, PeerCheck.anyRole()))) {
            receiver.start();
            qemu.bind(UnixDomainSocketAddress.of(socket));
            Thread echo = Thread.ofVirtual().start(() -> RawSockets.echo(qemu));
            NodeAddress address = new NodeAddress(two.id(), "127.0.0.1:" + receiver.port());
            NodeCommand.Ticket ticket =
                    receiver.calls().offer(new NodeCommand.PassageOffer(GUEST, identity.id(), there));
            NodeCommand.Migrate move = new NodeCommand.Migrate(
                    SmallGuest.called(GUEST), here, new LiveMigrationOptions(true, LIMIT), address, ticket);

            assertThatThrownBy(() -> thief.open(
                            address.uri("/v1/passages/%s/memory/mine".formatted(GUEST)),
                            Map.of(NodeCalls.TICKET_HEADER, ticket.secret()),
                            LIMIT))
                    .as("the ticket is another node's")
                    .hasMessageContaining("of this offer");
            try (Passage passage = agent.calls().passage(move);
                    SocketChannel source = SocketChannel.open(UnixDomainSocketAddress.of(
                            passage.target().sockets().get(LiveMigrationTarget.MEMORY)))) {
                byte[] first = Arrays.copyOf(memory, 1 << 20);
                RawSockets.say(source, first);
                for (int longer = 0; longer < 2; longer++) { // than a message may take
                    RawSockets.dribbleUntilShutOut(agent.port());
                }
                Thread writer = Thread.ofVirtual().start(() -> {
                    RawSockets.say(source, Arrays.copyOfRange(memory, first.length, memory.length));
                    RawSockets.end(source);
                });
                assertThat(Channels.newInputStream(source).readAllBytes()).isEqualTo(memory);
                writer.join();
                echo.join();
            }
            assertThat(folder.resolve("here")).as("the way is closed").doesNotExist();
        }
    }

    @Test
    void a_node_reads_images_from_its_controllers() throws Exception {
        try (ControllerLink link = new ControllerLink(identity, Clock.systemUTC());
                InputStream image = link.open(new ImageReference("image-id", ImageFormat.RAW, 1, 1, "00"))) {
            assertThat(image.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("image-id");
        }
    }

    @Test
    void a_token_is_good_once_and_a_name_is_nobody_elses() {
        EnrolmentToken token = register.newToken(authority, Duration.ofMinutes(1));
        NodeIdentity.enrol(folder.resolve("two"), token, gate.address(), "two");
        assertThatThrownBy(() -> NodeIdentity.enrol(folder.resolve("three"), token, gate.address(), "three"))
                .hasMessageStartingWith("The token is unknown, used or expired");
        EnrolmentToken unused = register.newToken(authority, Duration.ofMinutes(1));
        assertThatThrownBy(() -> NodeIdentity.enrol(folder.resolve("three"), unused, gate.address(), "two"))
                .hasMessage("Another node is called two; nothing was changed.");
        NodeIdentity.enrol(folder.resolve("three"), unused, gate.address(), "three");
        assertThat(register.list()).extracting(EnrolledNode::label).containsExactly("one", "three", "two");
    }

    @Test
    void a_token_of_another_cloud_gives_nothing_away() {
        CertificateAuthority other = CertificateAuthority.create(folder.resolve("other"), Clock.systemUTC());
        EnrolmentToken foreign = EnrolmentToken.fresh(other.fingerprint());
        assertThatThrownBy(() -> NodeIdentity.enrol(folder.resolve("x"), foreign, gate.address(), "x"))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("No controller answers");
    }

    @Test
    void certificates_that_are_forged_foreign_expired_or_missing_open_nothing() {
        CertificateAuthority other = CertificateAuthority.create(folder.resolve("other"), Clock.systemUTC());
        Credential foreign = other.newCredential(Role.CONTROLLER);
        KeyPair key = Credential.newKeyPair();
        Credential expired = new Credential(
                key.getPrivate(),
                authority.issue(key.getPublic(), Role.CONTROLLER, Duration.ofMinutes(-1)),
                authority.certificate());
        Credential forged =
                new Credential(key.getPrivate(), foreign.certificate(), authority.certificate()); // not its key
        for (Credential bad : List.of(
                foreign,
                new Credential(foreign.key(), foreign.certificate(), authority.certificate()),
                expired,
                forged)) {
            assertThatThrownBy(() -> command(bad, NodeCommand.GUESTS, new Nothing(), once()))
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> new PeerClient(MutualTls.ofStranger(authority.fingerprint()))
                        .send(agentAddress("guests"), new Nothing(), Nothing.class, LIMIT))
                .isInstanceOf(IOException.class);
        assertThat(fake.calls(Command.GUESTS)).isZero();
    }

    @Test
    void a_node_commands_no_other_node() {
        assertThatThrownBy(() -> command(identity.get(), NodeCommand.GUESTS, new Nothing(), once()))
                .isInstanceOf(ServiceException.class)
                .hasMessage("A NODE may not call /v1/commands/.");
        assertThat(fake.calls(Command.GUESTS)).isZero();
    }

    @Test
    void a_node_is_called_what_it_asks_for_unless_another_is() {
        NodeIdentity two = enrol("two");
        try (ControllerLink link = new ControllerLink(two, Clock.systemUTC())) {
            assertThatThrownBy(() -> link.rename("one")).hasMessage("Another node is called one; nothing was changed.");
            assertThatThrownBy(() -> link.rename("../one")).hasMessageStartingWith("A node's name is");
            assertThat(two.label()).isEqualTo("two");

            link.rename("three");
            link.rename("three");
        }
        assertThat(NodeIdentity.open(folder.resolve("two")).label()).isEqualTo("three");
        FakeHypervisor itsOwn = FakeFleet.alone("two", FleetOptions.of(1)).host("two");
        try (NodeAgent second = new NodeAgent(itsOwn, two, folder.resolve("two"), "127.0.0.1", 0)) {
            second.start();
            beat(two, two.id(), "three", "127.0.0.1:" + second.port());
            beat(two, two.id(), "two", "127.0.0.1:" + second.port()); // killed before it had written its name down
        }
        assertThat(fleet.hypervisors()).extracting(Hypervisor::host).containsExactlyInAnyOrder("one", "three");
        assertThat(fleet.address("two")).isEqualTo(fleet.address("three"));

        NodeIdentity next = enrolIn("next", "two");
        assertThat(fleet.find(next.id()).map(EnrolledNode::label)).contains("two");
        assertThat(fleet.address("two")).as("it has not said where it is").isEmpty();
    }

    @Test
    void a_node_that_claims_to_be_another_or_was_revoked_is_refused_and_nothing_changes() {
        NodeIdentity two = enrol("two");
        heard.clear();
        assertThatThrownBy(() -> beat(two, identity.id(), "one"))
                .hasMessage("The node two claims to be one; refused, nothing was changed.");
        assertThatThrownBy(() -> beat(two, two.id(), "one"))
                .hasMessage("The node two claims to be one; refused, nothing was changed.");
        register.revoke("two");
        fleet.refresh();
        assertThatThrownBy(() -> beat(two, two.id(), "two")).hasMessageContaining("is not enrolled here");
        assertThat(heard).isEmpty();
        assertThat(fleet.address("one").orElseThrow().address()).isEqualTo("127.0.0.1:" + agent.port());
    }

    @Test
    void a_node_that_sits_at_the_address_of_another_gets_no_command_of_it() {
        NodeIdentity two = enrol("two");
        FakeFleet itsOwn = FakeFleet.alone("two", FleetOptions.of(1));
        try (NodeAgent impostor = new NodeAgent(itsOwn.host("two"), two, folder.resolve("two"), "127.0.0.1", 0)) {
            impostor.start();
            register.moved(identity.id(), "127.0.0.1:" + impostor.port());
            fleet.refresh();
            assertThatThrownBy(() -> fleet.hypervisor("one").orElseThrow().guests())
                    .isInstanceOf(ServiceException.class)
                    .hasMessageStartingWith("The hypervisor of host one does not answer");
            assertThat(itsOwn.calls(Command.GUESTS)).isZero();
        }
    }

    @Test
    void a_node_is_only_where_it_proves_to_sit_and_cuts_no_other_off() {
        NodeIdentity two = enrol("two");
        String place = "127.0.0.1:" + agent.port();
        assertThatThrownBy(() -> beat(two, two.id(), "two", place))
                .isInstanceOf(ServiceException.class)
                .hasMessageStartingWith("The node two says that it is at %s and is not found there".formatted(place));
        assertThatThrownBy(() -> beat(two, two.id(), "two", "no address"))
                .hasMessageStartingWith("The node two says that it is at no address and is not found there");
        assertThat(heard).doesNotContain("two");
        assertThat(fleet.hypervisor("one").orElseThrow().guests()).isEmpty();
        assertThatThrownBy(() -> fleet.hypervisor("two").orElseThrow().guests())
                .hasMessageContaining("no such node said where it is");
    }

    @Test
    void nodes_that_exchange_their_addresses_are_found_where_they_are() {
        NodeIdentity two = enrol("two");
        int place = agent.port();
        agent.close();
        FakeFleet other = FakeFleet.alone("two", FleetOptions.of(1));
        try (NodeAgent next = new NodeAgent(other.host("two"), two, folder.resolve("two"), "127.0.0.1", place)) {
            next.start();
            beat(two, two.id(), "two", "127.0.0.1:" + place);
            assertThat(fleet.hypervisor("two").orElseThrow().guests()).isEmpty();
            assertThat(fleet.address("one")).isEmpty();

            agent = new NodeAgent(fake.host("one"), identity, folder.resolve("one"), "127.0.0.1", 0);
            agent.start();
            beat(identity, identity.id(), "one");
            assertThat(fleet.hypervisor("one").orElseThrow().guests()).isEmpty();
            assertThat(fleet.hypervisor("two").orElseThrow().guests()).isEmpty();
        }
    }

    @Test
    void a_command_that_is_repeated_answers_with_its_first_result_and_a_stale_one_does_nothing() {
        scope = Optional.of(scope("operation", "spawn", 7));
        fleet.hypervisor("one").orElseThrow().spawn(SmallGuest.called(GUEST), Progress.silent());
        fleet.hypervisor("one").orElseThrow().spawn(SmallGuest.called(GUEST), Progress.silent());
        assertThat(fake.calls(Command.SPAWN)).isEqualTo(1);

        scope = Optional.of(scope("older operation", "destroy", 6));
        assertThatThrownBy(() -> fleet.hypervisor("one").orElseThrow().destroy(GUEST))
                .hasMessageContaining("was sent under fence 6; fence 7 has been here since");
        assertThat(fake.host("one").guests()).hasSize(1);
    }

    @Test
    void an_agent_that_starts_again_remembers_and_leaves_guests_alone() {
        scope = Optional.of(scope("operation", "spawn", 7));
        fleet.hypervisor("one").orElseThrow().spawn(SmallGuest.called(GUEST), Progress.silent());
        agent.close();
        agent = new NodeAgent(fake.host("one"), identity, folder.resolve("one"), "127.0.0.1", 0);
        agent.start();
        beat(identity, identity.id(), "one");
        fleet.hypervisor("one").orElseThrow().spawn(SmallGuest.called(GUEST), Progress.silent());
        assertThat(fake.calls(Command.SPAWN)).isEqualTo(1);
        assertThat(fake.guests().get("one"))
                .singleElement()
                .satisfies(guest -> assertThat(guest.boots()).isEqualTo(1));
    }

    @Test
    void an_event_that_a_controller_fails_at_holds_up_no_other() {
        try (ControllerLink link = new ControllerLink(identity, Clock.systemUTC())) {
            link.start("127.0.0.1:" + agent.port(), fake.host("one")::inventory);
            link.tell(new GuestEvent("bad", PowerState.SHUT_DOWN));
            await().atMost(LIMIT).until(() -> seen.contains("bad"));
            link.tell(new GuestEvent(GUEST, PowerState.SHUT_DOWN));
            await().atMost(LIMIT).until(() -> seen.contains(GUEST));
        }
    }

    @Test
    void another_version_of_the_protocol_is_told_so() throws Exception {
        HttpResponse<String> answer =
                send(agentAddress("guests"), "0", HttpRequest.BodyPublishers.ofString("{}"), controller);
        assertThat(answer.statusCode()).isEqualTo(426);
        assertThat(answer.body()).contains("This side speaks protocol 1 and the other 0");
    }

    @Test
    void a_message_of_a_hundred_megabytes_is_refused_without_being_read() throws Exception {
        HttpRequest.BodyPublisher announced = HttpRequest.BodyPublishers.fromPublisher(
                HttpRequest.BodyPublishers.ofInputStream(RawSockets.Endless::new), 100L << 20);
        HttpResponse<String> answer = send(agentAddress("spawn"), "1", announced, controller);
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(fake.calls(Command.SPAWN)).isZero();
    }

    private HttpResponse<String> send(URI address, String protocol, HttpRequest.BodyPublisher body, Credential caller)
            throws Exception {
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(MutualTls.context(() -> caller, PeerCheck.anyRole()))
                .version(HttpClient.Version.HTTP_1_1)
                .build()) {
            return client.send(
                    HttpRequest.newBuilder(address)
                            .header(Wire.PROTOCOL_HEADER, protocol)
                            .expectContinue(true)
                            .POST(body)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private <Q> void command(Credential caller, NodeCommand<Q, ?> command, Q question, CommandOrder order)
            throws IOException, InterruptedException {
        try (PeerClient client = new PeerClient(MutualTls.context(() -> caller, PeerCheck.anyRole()))) {
            client.sendForLines(
                    agentAddress(command.name()),
                    Map.of(),
                    new CommandEnvelope(identity.id(), order, Wire.tree(question)),
                    LIMIT,
                    LIMIT,
                    line -> {});
        }
    }

    private static CommandScope scope(String operation, String step, long fence) {
        return new CommandScope(operation, step, GUEST, fence, "req-1", Optional.empty());
    }

    private static CommandOrder once() {
        return new CommandOrder("once", "once", 0);
    }

    private URI agentAddress(String command) {
        return URI.create("https://127.0.0.1:%d/v1/commands/%s".formatted(agent.port(), command));
    }

    private NodeIdentity enrol(String label) {
        return enrolIn(label, label);
    }

    private NodeIdentity enrolIn(String place, String label) {
        return NodeIdentity.enrol(
                folder.resolve(place), register.newToken(authority, Duration.ofMinutes(1)), gate.address(), label);
    }

    private void beat(NodeIdentity who, String claimed, String label) {
        beat(who, claimed, label, "127.0.0.1:" + agent.port());
    }

    private void beat(NodeIdentity who, String claimed, String label, String address) {
        try (PeerClient client = new PeerClient(MutualTls.context(who, PeerCheck.role(Role.CONTROLLER)))) {
            client.send(
                    URI.create("https://" + gate.address() + "/v1/heartbeat"),
                    new Heartbeat(claimed, label, address),
                    Heard.class,
                    LIMIT);
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    private final class Listener extends DeafController {
        @Override
        public void heard(String host, Duration ago) {
            heard.add(host);
        }

        @Override
        public void saw(String host, GuestEvent event) {
            seen.add(event.guestId());
            if (event.guestId().equals("bad")) {
                throw new IllegalStateException("nobody thought of this");
            }
        }

        @Override
        public void renamed(String from, String to, Consumer<Transaction> also) {
            database.change(also::accept);
        }

        @Override
        public InputStream image(String imageId) {
            return new ByteArrayInputStream(imageId.getBytes(StandardCharsets.UTF_8));
        }
    }
}
