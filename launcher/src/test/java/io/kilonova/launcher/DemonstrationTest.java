package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.configuration.Secret;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemonstrationTest {
    @TempDir
    private Path folder;

    private final StringWriter told = new StringWriter();
    private PretendedCloud cloud;
    private CloudClient client;
    private Demonstration demonstration;
    private Path image;

    @BeforeEach
    void startTheCloud() throws IOException {
        cloud = new PretendedCloud();
        client = new CloudClient(cloud.identity());
        Patience patience = new Patience(Duration.ofMillis(1), Duration.ofSeconds(30));
        demonstration = new Demonstration(client, new Narrator(new PrintWriter(told)), folder, patience);
        image = Files.write(folder.resolve("guest.qcow2"), new byte[] {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 3});
    }

    @AfterEach
    void stopTheCloud() {
        client.close();
        cloud.close();
    }

    @Test
    void a_first_server_boots_and_its_console_is_shown() throws Exception {
        signIn();

        demonstration.run(image);

        assertThat(told.toString())
                .contains("✓ server is ACTIVE (", "  │ Linux version 6", "✓ the guest is ready (")
                .doesNotContain("✗");
        assertThat(cloud.uploadedBytes).isEqualTo(8);
        assertThat(cloud.resources
                        .get("/image/v2/images")
                        .getFirst()
                        .path("disk_format")
                        .stringValue(""))
                .isEqualTo("qcow2");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(demonstration.privateKey())))
                .isEqualTo("rw-------");
    }

    @Test
    void a_second_run_uses_what_the_first_one_made() throws Exception {
        signIn();

        demonstration.run(image);
        demonstration.run(image);

        assertThat(cloud.resources)
                .allSatisfy((path, items) ->
                        assertThat(items).as(path).hasSizeLessThanOrEqualTo(path.endsWith("rules") ? 2 : 1));
    }

    @Test
    void everything_that_was_made_can_be_removed() throws Exception {
        signIn();
        demonstration.run(image);

        demonstration.remove();

        assertThat(cloud.resources.get("/compute/v2.1/servers")).isEmpty();
        assertThat(cloud.resources.get("/compute/v2.1/os-keypairs")).isEmpty();
        assertThat(cloud.resources.get("/compute/v2.1/flavors")).isEmpty();
        assertThat(cloud.resources.get("/networking/v2.0/networks")).isEmpty();
        assertThat(cloud.resources.get("/image/v2/images")).isEmpty();
    }

    @Test
    void a_build_that_fails_is_told_in_the_clouds_own_words() throws Exception {
        signIn();
        cloud.buildFails = true;

        assertThatThrownBy(() -> demonstration.run(image))
                .hasMessage("The server went to status ERROR: No valid host was found.");
        assertThat(told.toString()).contains("✗ server is ACTIVE");
    }

    @Test
    void a_wrong_password_is_told_and_not_repeated() {
        assertThatThrownBy(() -> client.signIn("admin", Secret.of("hunter2")))
                .hasMessageContaining("was answered 401: The request you have made requires authentication.")
                .message()
                .doesNotContain("hunter2");
    }

    private void signIn() {
        assertThat(client.answers()).isTrue();
        client.signIn("admin", Secret.of(PretendedCloud.PASSWORD));
    }
}
