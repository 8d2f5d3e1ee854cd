package io.kilonova.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kilonova.access.Visibility;
import io.kilonova.fake.FleetOptions;
import io.kilonova.storage.DatabaseOptions;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Room that was decided on and could not be committed is free again. */
class UnconfirmedRoomTest {
    @TempDir
    private Path folder;

    private SmallCloud cloud;

    @BeforeEach
    void begin() {
        FleetOptions hosts = FleetOptions.of(1).sized(4, 8_192, 100);
        cloud = new SmallCloud(DatabaseOptions.sqlite(folder.resolve("kilonova.db")), folder, 1, hosts);
    }

    @AfterEach
    void end() {
        cloud.close();
    }

    @Test
    void what_a_refused_commit_took_is_there_for_the_next_server() {
        stored("CREATE TRIGGER refusal BEFORE UPDATE OF host ON servers WHEN NEW.host IS NOT NULL"
                + " BEGIN SELECT RAISE(ABORT, 'refused'); END");
        String refused = create();
        cloud.awaitRest();
        assertThat(server(refused).vmState()).isEqualTo(VmState.ERROR);
        stored("DROP TRIGGER refusal");
        String next = create();
        cloud.awaitRest();
        assertThat(server(next).vmState()).isEqualTo(VmState.ACTIVE);
    }

    @Test
    void a_server_whose_commit_was_fenced_finds_the_room_when_its_operation_goes_on() {
        stored("CREATE TRIGGER fence BEFORE UPDATE OF host ON servers WHEN NEW.host IS NOT NULL"
                + " BEGIN UPDATE operations SET fence = fence + 1; END");
        String server = create();
        await().until(() -> cloud.controller(0).operations().statistics().fencedOff() > 0);
        stored("DROP TRIGGER fence");
        cloud.awaitRest();
        assertThat(server(server).vmState()).isEqualTo(VmState.ACTIVE);
    }

    private String create() {
        return cloud.create(0, "large", 1, Map.of()).getFirst().id();
    }

    private Server server(String id) {
        return cloud.controller(0).compute().servers().get(Visibility.everything(), id);
    }

    private void stored(String statement) {
        cloud.controller(0).database().change(transaction -> transaction.sql().execute(statement));
    }
}
