package io.kilonova.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import io.kilonova.storage.StorageError;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A controller that has lost its database answers nodes, and can do nothing for them. */
class UnableControllerTest {
    private static final ImageReference IMAGE = new ImageReference("image", ImageFormat.RAW, 1, 1, "00");

    @TempDir
    private Path folder;

    @Test
    void a_node_goes_to_the_next_controller_with_what_one_without_its_database_cannot_do() throws Exception {
        CertificateAuthority authority = CertificateAuthority.create(folder.resolve("authority"), Clock.systemUTC());
        Credential controller = authority.newCredential(Role.CONTROLLER);
        DeafController without = new DeafController() {
            @Override
            public NodeNetworks networks(String host, List<String> ports) {
                throw StorageError.DATABASE_UNREACHABLE.with("of a test");
            }

            @Override
            public InputStream image(String imageId) {
                throw StorageError.DATABASE_FULL.with("of a test");
            }
        };
        try (Database database =
                Database.open(DatabaseOptions.sqlite(folder.resolve("db")), List.of(NodeRegister.MIGRATIONS))) {
            NodeRegister register = new NodeRegister(database, Clock.systemUTC());
            try (NodeFleet fleet = new NodeFleet(register, () -> controller, Optional::empty);
                    NodeGate unable =
                            new NodeGate(register, fleet, authority, () -> controller, without, "127.0.0.1", 0);
                    NodeGate able = new NodeGate(
                            register, fleet, authority, () -> controller, new DeafController(), "127.0.0.1", 0)) {
                unable.open();
                able.open();
                EnrolmentToken token = register.newToken(authority, Duration.ofMinutes(1));
                NodeIdentity one = NodeIdentity.enrol(folder.resolve("one"), token, able.address(), "one");
                // In one of the two orders the node begins with the one that is unable.
                for (List<String> order :
                        List.of(List.of(unable.address(), able.address()), List.of(able.address(), unable.address()))) {
                    one.remember(order);
                    try (ControllerLink link = new ControllerLink(one, Clock.systemUTC())) {
                        assertThat(link.networks(List.of()).metadata()).isEmpty();
                    }
                    try (ControllerLink link = new ControllerLink(one, Clock.systemUTC());
                            InputStream image = link.open(IMAGE)) {
                        assertThat(image.readAllBytes()).isEmpty();
                    }
                }
                one.remember(List.of(unable.address()));
                try (ControllerLink link = new ControllerLink(one, Clock.systemUTC())) {
                    assertThatThrownBy(() -> link.networks(List.of()))
                            .extracting("code")
                            .isEqualTo(NodeError.CONTROLLERS_UNREACHABLE);
                }
            }
        }
    }
}
