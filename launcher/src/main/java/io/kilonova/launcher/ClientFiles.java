package io.kilonova.launcher;

import io.kilonova.configuration.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

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
}
