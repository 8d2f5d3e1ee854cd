package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import java.net.URI;

/** What a person sees when the cloud is up: one screen, with the next thing to type. */
final class Banner {
    private static final String TEXT = """

              Kilonova is up.

              services     %s
              hypervisor   %s
              state        %s

              Use it from another terminal:

                export OS_CLIENT_CONFIG_FILE=%s OS_CLOUD=%s
                openstack server list

              Ctrl-C stops it. Guests go on running.

            """;

    private Banner() {}

    static String of(Cloud cloud, Configuration configuration) {
        URI url = cloud.url(configuration);
        return TEXT.formatted(
                url,
                configuration.get(KilonovaOptions.COMPUTE_DRIVER),
                cloud.statePath(),
                ClientFiles.cloudsYaml(cloud.statePath()),
                ClientFiles.CLOUD);
    }
}
