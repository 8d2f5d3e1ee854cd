package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.fake.Command;
import io.kilonova.fake.FleetOptions;
import io.kilonova.fake.Misfortune;
import io.kilonova.fake.Misfortunes;
import io.kilonova.networks.CardRequest;
import io.kilonova.networks.ServerCard;
import io.kilonova.networks.ServerPlace;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attaching and detaching of cards when steps run twice or not to their end. */
class ChangeInterfacesTest {
    @TempDir
    private Path folder;

    private SmallCloud cloud;

    @BeforeEach
    void start() {
        cloud = new SmallCloud(
                DatabaseOptions.sqlite(folder.resolve("kilonova.db")),
                folder,
                1,
                FleetOptions.of(1).sized(4, 8_192, 100));
        cloud.create(0, "small", 1, Map.of());
        cloud.awaitRest();
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private Server server() {
        return cloud.servers().getFirst();
    }

    private List<String> plugged() {
        return cloud.fleet().hosts().getFirst().fakeGuests().getFirst().ports();
    }

    private static List<String> ports(List<ServerCard> cards) {
        return cards.stream().map(ServerCard::portId).toList();
    }

    private CardRequest oneMore() {
        return new CardRequest(
                Optional.of(server().cards().getFirst().networkId()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    @Test
    void a_card_whose_making_is_repeated_is_one_card() {
        Server server = server();
        ServerPlace place = new ServerPlace(
                server.id(),
                server.projectId(),
                server.hostname(),
                server.host().orElseThrow(),
                server.zone());
        String port = UUID.randomUUID().toString();
        ServerCard first = cloud.controller(0).networks().attach(place, oneMore(), port);
        assertThat(cloud.controller(0).networks().attach(place, oneMore(), port))
                .isEqualTo(first);
        assertThat(ports(cloud.controller(0).networks().cards(server.id()))).hasSize(2);
    }

    @Test
    void a_card_that_the_host_does_not_take_leaves_no_port() {
        cloud.fleet()
                .strikeWith(
                        Misfortunes.none().onNth(Command.ATTACH_INTERFACE, 1, Misfortune.refuse("no slot is free")));
        cloud.controller(0).compute().beginToAttachInterface(SmallCloud.ann(), "req-1", server().id(), oneMore());
        cloud.awaitRest();
        assertThat(ports(cloud.controller(0).networks().cards(server().id())))
                .isEqualTo(ports(server().cards()))
                .isEqualTo(plugged())
                .hasSize(1);
    }

    @Test
    void a_card_that_is_not_said_to_be_taken_away_is_plugged_again() {
        cloud.fleet().strikeWith(Misfortunes.none().onNth(Command.DETACH_INTERFACE, 1, new Misfortune.LostAnswer()));
        String port = server().cards().getFirst().portId();
        cloud.controller(0).compute().detachInterface(SmallCloud.ann(), "req-1", server().id(), port);
        cloud.awaitRest();
        assertThat(ports(cloud.controller(0).networks().cards(server().id())))
                .isEqualTo(ports(server().cards()))
                .isEqualTo(plugged());
    }
}
