package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.HostAndPort;
import io.kilonova.node.CertificateAuthority;
import io.kilonova.storage.PostgresqlServer;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a controller ends. */
class DepartureTest {
    @TempDir
    private Path folder;

    @Test
    void a_controller_whose_database_is_away_stops_all_the_same() throws Exception {
        StateDirectory state = StateDirectory.share(folder.resolve("state"));
        CertificateAuthority.create(ClusterPlatform.authorityFolder(state.path()), Clock.systemUTC());
        try (PostgresqlServer server = PostgresqlServer.start()) {
            Configuration configuration = Configuration.read(
                    KilonovaOptions.all(),
                    Optional.empty(),
                    Map.of(
                            "KILONOVA_DATABASE_CONNECTION",
                            server.freshDatabase().url().replace("jdbc:postgresql://", "postgresql://kilonova@"),
                            "KILONOVA_HTTP_LISTEN",
                            "127.0.0.1:0",
                            "KILONOVA_CLUSTER_LISTEN",
                            "127.0.0.1:0",
                            "KILONOVA_STATE_PATH",
                            state.path().toString()));
            Cloud controller = Cloud.startController(configuration, state);
            HostAndPort address = controller.address();
            new Socket(address.host(), address.port()).close();
            server.kill();
            controller.close();
            assertThatThrownBy(() -> new Socket(address.host(), address.port()).close())
                    .isInstanceOf(ConnectException.class);
        }
    }
}
