package io.kilonova.metadata;

import io.kilonova.networks.ServerCard;
import io.kilonova.servers.Flavor;
import io.kilonova.servers.Server;
import io.kilonova.servers.ServerImage;
import io.kilonova.servers.ServerSettings;
import io.kilonova.servers.VmState;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import io.kilonova.spi.PowerState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Servers to ask about: one that has everything, changed by {@code with…}. */
final class Servers {
    static final String ID = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
    static final String PROJECT = "0123456789abcdef0123456789abcdef";
    static final String PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ann@example";

    private String id = ID;
    private String name = "web server";
    private Optional<String> keyName = Optional.of("ann's key");
    private Optional<String> userData = Optional.of(base64("#cloud-config\n"));
    private Map<String, String> metadata = Map.of("role", "web");
    private Map<String, String> files =
            Map.of("/etc/b", base64("second"), "/etc/a", base64("first"), "../../root/.ssh/x", base64("zero"));
    private List<ServerCard> cards = List.of(card(List.of(dynamic("10.0.0.5"))));
    private int ephemeralGibibytes = 0;
    private int swapMebibytes = 0;

    Servers withId(String other) {
        id = other;
        return this;
    }

    Servers withName(String other) {
        name = other;
        return this;
    }

    Servers withKeyName(Optional<String> other) {
        keyName = other;
        return this;
    }

    Servers withUserData(Optional<String> other) {
        userData = other;
        return this;
    }

    Servers withMetadata(Map<String, String> other) {
        metadata = other;
        return this;
    }

    Servers withFiles(Map<String, String> other) {
        files = other;
        return this;
    }

    Servers withCards(List<ServerCard> others) {
        cards = others;
        return this;
    }

    Servers withDisks(int ephemeral, int swap) {
        ephemeralGibibytes = ephemeral;
        swapMebibytes = swap;
        return this;
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static ServerCard card(List<ServerCard.FixedAddress> addresses) {
        return new ServerCard(
                "c0ffee00-0000-4000-8000-000000000001",
                "feed0000-0000-4000-8000-000000000002",
                "private",
                "fa:16:3e:00:00:01",
                addresses,
                1442,
                "tapc0ffee00-00",
                List.of("default", "web\nforged"),
                Optional.of("front"),
                true,
                true);
    }

    static ServerCard.FixedAddress dynamic(String address) {
        return new ServerCard.FixedAddress(
                address,
                "subnet",
                "10.0.0.0/24",
                Optional.of("10.0.0.1"),
                List.of("9.9.9.9"),
                List.of("198.51.100.7"),
                true,
                Optional.empty(),
                List.of());
    }

    Server made() {
        Instant now = Instant.parse("2026-11-01T12:00:00Z");
        ImageReference disk = new ImageReference("a1b2c3d4-0000-4000-8000-000000000003", ImageFormat.QCOW2, 1, 1, "00");
        return new Server(
                id,
                42,
                PROJECT,
                "u1",
                name,
                "web-server",
                Optional.empty(),
                VmState.ACTIVE,
                Optional.empty(),
                PowerState.RUNNING,
                100,
                Optional.empty(),
                Optional.empty(),
                Optional.of("host1"),
                "nova",
                new Flavor(
                        "1",
                        "m1.tiny",
                        Optional.empty(),
                        1,
                        512,
                        1,
                        ephemeralGibibytes,
                        swapMebibytes,
                        1.0,
                        true,
                        false,
                        Map.of(),
                        now,
                        Optional.empty()),
                new ServerImage(disk, Optional.of(disk), Optional.empty(), "", Map.of()),
                keyName,
                true,
                3,
                "r-abcdefgh",
                Optional.empty(),
                Optional.empty(),
                "MANUAL",
                new ServerSettings(
                        keyName.map(present -> PUBLIC_KEY),
                        keyName.map(present -> "ssh"),
                        List.of(),
                        List.of(),
                        files,
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        "/dev/vda",
                        List.of()),
                userData,
                metadata,
                List.of(),
                cards,
                now,
                now,
                Optional.of(now));
    }
}
