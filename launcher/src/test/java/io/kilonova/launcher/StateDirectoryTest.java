package io.kilonova.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kilonova.configuration.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    @TempDir
    private Path folder;

    @Test
    void a_state_directory_has_one_holder_and_names_it() {
        Path path = folder.resolve("state");
        try (StateDirectory held = StateDirectory.open(path)) {
            assertThat(held.path()).isAbsolute();
            assertThatThrownBy(() -> StateDirectory.open(path))
                    .hasMessageContaining("is in use by process %d"
                            .formatted(ProcessHandle.current().pid()));
        }
        StateDirectory.open(path).close();
    }

    @Test
    void the_administrators_password_is_made_once_and_is_nobody_elses_to_read() throws IOException {
        Path path = folder.resolve("state");
        Secret first;
        try (StateDirectory state = StateDirectory.open(path)) {
            first = state.adminPassword();
        }
        try (StateDirectory state = StateDirectory.open(path)) {
            assertThat(state.adminPassword()).isEqualTo(first);
        }
        assertThat(first.reveal()).hasSize(24).isAlphanumeric();
        assertThat(mode(path)).isEqualTo("rwx------");
        assertThat(mode(path.resolve("admin-password"))).isEqualTo("rw-------");
    }

    @Test
    void the_files_of_clients_are_nobody_elses_to_read() throws IOException {
        Path yaml = Files.createFile(ClientFiles.cloudsYaml(folder));
        Files.setPosixFilePermissions(yaml, PosixFilePermissions.fromString("rw-r--r--"));

        ClientFiles.write(folder, URI.create("http://127.0.0.1:8088"), Secret.of("hunter2"));

        assertThat(Files.readString(yaml))
                .contains("auth_url: \"http://127.0.0.1:8088/identity\"", "password: \"hunter2\"");
        assertThat(folder.resolve("openrc")).content().contains("OS_AUTH_URL='http://127.0.0.1:8088/identity'");
        assertThat(mode(yaml)).isEqualTo("rw-------");
        assertThat(mode(folder.resolve("openrc"))).isEqualTo("rw-------");
    }

    @Test
    void a_place_that_is_no_folder_is_refused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");

        assertThatThrownBy(() -> StateDirectory.open(file)).hasMessageContaining("cannot be used");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
