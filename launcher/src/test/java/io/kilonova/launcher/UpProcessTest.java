package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own, as a service manager has it. */
class UpProcessTest {
    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatWasStarted() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void a_second_cloud_on_the_same_state_is_refused_and_sigterm_ends_the_first_in_good_order() throws Exception {
        Path firstLog = folder.resolve("first");
        Process first = up(firstLog);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(firstLog).contains("Kilonova is up."));

        Path secondLog = folder.resolve("second");
        Process second = up(secondLog);
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        assertThat(secondLog).content().contains("is in use by process %d.".formatted(first.pid()));

        first.destroy();
        assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(first.exitValue()).isZero();
        assertThat(Files.readString(firstLog)).contains("Stopped").doesNotContain(password());
    }

    @Test
    void a_cloud_tells_how_it_is_and_refuses_no_request_while_it_leaves() throws Exception {
        Path log = folder.resolve("log");
        Process process = up(log);
        await().atMost(Duration.ofSeconds(60)).until(() -> Files.readString(log).contains("Kilonova is up."));
        URI cloud = ClientFiles.identity(folder.resolve("state")).resolve("/");
        StringWriter shown = new StringWriter();
        int status = Main.run(
                new String[] {"operations", "--state=" + folder.resolve("state")},
                new PrintWriter(shown),
                new PrintWriter(System.err, true));
        assertThat(status).isZero();
        assertThat(shown.toString()).startsWith("ID ").contains("DEADLINE");
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(get(client, cloud, "healthz").statusCode()).isEqualTo(200);
            assertThat(get(client, cloud, "readyz").body()).isEqualTo("ready\n");
            assertThat(get(client, cloud, "metrics").body())
                    .contains("kilonova_http_request_seconds_count{method=\"GET\",route=\"/operations\"")
                    .contains("kilonova_operations{state=\"running\"} 0.0")
                    .contains("kilonova_node_up{host=")
                    .contains("kilonova_database_writes_total")
                    .contains("jvm_memory_used_bytes");

            process.destroy();
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> get(client, cloud, "readyz").statusCode() == 503);
            assertThat(get(client, cloud, "readyz").body()).isEqualTo("this controller is about to end\n");
            assertThat(get(client, cloud, "healthz").statusCode()).isEqualTo(200);
            assertThat(get(client, cloud, "identity/v3").statusCode()).isEqualTo(200);
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static HttpResponse<String> get(HttpClient client, URI cloud, String path)
            throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(cloud.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void a_killed_cloud_leaves_no_lock_behind() throws Exception {
        Path firstLog = folder.resolve("first");
        Process first = up(firstLog);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(firstLog).contains("Kilonova is up."));
        first.destroyForcibly();
        assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();

        Path secondLog = folder.resolve("second");
        up(secondLog);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(secondLog).contains("Kilonova is up."));
    }

    @Test
    void an_address_that_is_taken_is_told_and_nothing_stays_behind() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path log = folder.resolve("refused");
            Process refused = up(log, "127.0.0.1:" + taken.getLocalPort());

            assertThat(refused.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(refused.exitValue()).isEqualTo(1);
            assertThat(log).content().contains("kilonova: Nothing can listen at 127.0.0.1:" + taken.getLocalPort());
        }
        StateDirectory.open(folder.resolve("state")).close();
    }

    private String password() throws IOException {
        return Files.readString(folder.resolve("state/admin-password")).strip();
    }

    private Process up(Path log) throws IOException {
        return up(log, "127.0.0.1:0");
    }

    private Process up(Path log, String listen) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "up",
                        "--hypervisor=fake",
                        "--listen=" + listen,
                        "--state=" + folder.resolve("state"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        started.add(process);
        return process;
    }
}
