package io.kilonova.ovn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OvnDaemonsTest {
    private final String namespace = "kolab-" + UUID.randomUUID().toString().substring(0, 8);
    private final HostCommand root = new HostCommand(Optional.empty());
    private OvnDaemons daemons;
    private OvnDaemons.Settings settings;
    private Thread hook;

    @BeforeEach
    void start() throws IOException {
        settings = new OvnDaemons.Settings(
                DatabaseServer.shortFolder(), Optional.of(namespace), OvnDaemons.Part.WHOLE, Optional.empty());
        daemons = new OvnDaemons(settings);
        hook = new Thread(this::clean);
        Runtime.getRuntime().addShutdownHook(hook);
        root.run("ip", "netns", "add", namespace);
        new HostCommand(Optional.of(namespace)).run("ip", "link", "set", "lo", "up");
    }

    @AfterEach
    void stop() {
        clean();
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    private void clean() {
        daemons.stop();
        root.attempt("ip", "netns", "delete", namespace);
        DatabaseServer.forget(settings.stateFolder());
    }

    @Test
    void they_start_once_are_taken_over_mended_and_stopped() throws Exception {
        daemons.start();
        Map<String, Long> processes = daemons.processes();
        assertThat(processes).containsOnlyKeys("conf", "nb", "sb", "vswitchd", "northd", "controller");

        OvnDaemons nextRun = new OvnDaemons(settings);
        assertThat(nextRun.isRunning()).isTrue();
        nextRun.start();
        assertThat(nextRun.processes()).as("the next run takes over what runs").isEqualTo(processes);

        ProcessHandle database = ProcessHandle.of(processes.get("nb")).orElseThrow();
        UUID row = UUID.randomUUID();
        try (OvsdbClient client = new OvsdbClient(nextRun.endpoints().northbound())) {
            client.transact(
                    "OVN_Northbound",
                    OvsdbOperation.insert("Logical_Switch", row, Map.of("name", Datum.text("lasting"))));
            database.destroyForcibly();
            database.onExit().get();
            nextRun.start();
            assertThat(nextRun.processes())
                    .as("only what died is started")
                    .containsAllEntriesOf(without(processes, "nb"));
            assertThat(client.transact("OVN_Northbound", OvsdbOperation.select("Logical_Switch", row, "name"))
                            .rows(0))
                    .as("what was committed before the kill is there")
                    .hasSize(1);
        }

        nextRun.stop();
        assertThat(nextRun.processes()).isEmpty();
        assertThat(processes.values()).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
        nextRun.stop();
    }

    @Test
    void a_process_that_only_has_the_number_of_a_dead_daemon_is_left_alone() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            Path run = settings.stateFolder().resolve("run");
            java.nio.file.Files.createDirectories(run);
            java.nio.file.Files.writeString(run.resolve("nb.pid"), stranger.pid() + "\n");
            assertThat(daemons.processes()).isEmpty();
            daemons.stop();
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void a_folder_whose_sockets_would_have_too_long_names_is_refused() {
        assertThat(OvsdbClientTest.codeOf(() -> OvnDaemons.Settings.in(Path.of("/tmp", "x".repeat(90)))))
                .isEqualTo(OvnError.VALUE_INVALID);
    }

    @Test
    void a_daemon_that_cannot_start_is_named() {
        OvnDaemons.Settings nowhere = new OvnDaemons.Settings(
                settings.stateFolder(), Optional.of("kolab-does-not-exist"), OvnDaemons.Part.WHOLE, Optional.empty());
        assertThat(OvsdbClientTest.codeOf(() -> new OvnDaemons(nowhere).start()))
                .isEqualTo(OvnError.DAEMON_FAILED);
    }

    private static Map<String, Long> without(Map<String, Long> processes, String name) {
        Map<String, Long> others = new java.util.LinkedHashMap<>(processes);
        others.remove(name);
        return others;
    }
}
