package io.kilonova.launcher;

import io.kilonova.configuration.PrivateFile;
import io.kilonova.configuration.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The two files by which clients find a cloud: {@code clouds.yaml} of openstacksdk and {@code openrc} for shells. Mode 0600. */
final class ClientFiles {
    /** The cloud's name in clouds.yaml. */
    static final String CLOUD = "kilonova";

    private static final String CLOUDS_YAML = """
            clouds:
              %s:
                auth:
                  auth_url: "%s/identity"
                  username: admin
                  password: "%s"
                  project_name: admin
                  user_domain_name: Default
                  project_domain_name: Default
                region_name: RegionOne
                identity_api_version: 3
            """;

    private static final String OPENRC = """
            export OS_AUTH_URL='%s/identity'
            export OS_USERNAME=admin
            export OS_PASSWORD='%s'
            export OS_PROJECT_NAME=admin
            export OS_USER_DOMAIN_NAME=Default
            export OS_PROJECT_DOMAIN_NAME=Default
            export OS_REGION_NAME=RegionOne
            export OS_IDENTITY_API_VERSION=3
            """;

    private ClientFiles() {}

    /** Where clouds.yaml of this state directory stands. */
    static Path cloudsYaml(Path state) {
        return state.resolve("clouds.yaml");
    }

    /** Writes both into the state directory; {@code base} is the address of all services, without a slash at its end. */
    static void write(Path state, URI base, Secret password) {
        try {
            PrivateFile.write(cloudsYaml(state), CLOUDS_YAML.formatted(CLOUD, base, password.reveal()));
            PrivateFile.write(state.resolve("openrc"), OPENRC.formatted(base, password.reveal()));
        } catch (IOException failure) {
            throw LauncherError.STATE_UNUSABLE.because(failure, state, failure);
        }
    }

    /** The address stands in the file that the cloud wrote for its clients: the port may have been any free one. */
    static URI identity(Path state) throws IOException {
        return URI.create(clientFileLine(state, "export OS_AUTH_URL="));
    }

    /** The operator's password. */
    static Secret password(Path state) throws IOException {
        return Secret.of(clientFileLine(state, "export OS_PASSWORD="));
    }

    private static String clientFileLine(Path state, String start) throws IOException {
        Path file = state.resolve("openrc");
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(start))
                    .map(line -> line.substring(start.length()).replace("'", ""))
                    .findFirst()
                    .orElseThrow(() -> LauncherError.FILE_UNREADABLE.with(file, "it has no line \"" + start + "\""));
        } catch (NoSuchFileException missing) {
            throw LauncherError.FILE_UNREADABLE.because(missing, file, "no cloud has run in this state directory");
        }
    }
}
