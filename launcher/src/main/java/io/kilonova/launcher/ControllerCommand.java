package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.Option;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code kilonova controller}: one of any number of equal controllers, until it is told to stop. */
@Command(
        name = "controller",
        description = "Starts a controller of a cluster: all APIs, over nodes on other machines.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "All controllers share a PostgreSQL ([database] connection) and the state directory: keys, images and the"
                    + " certificate authority, which \"kilonova ca init\" makes. Any of them may stop at any time."
        })
final class ControllerCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerCommand.class);

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
    private CommandLine.Model.CommandSpec specification;

    @CommandLine.Mixin
    private final Setup setup = new Setup();

    @CommandLine.Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where to serve the APIs; overrides [http] listen. Port 0 takes a free one.")
    private @Nullable String listen;

    @CommandLine.Option(
            names = "--cluster-listen",
            paramLabel = "HOST:PORT",
            description = "Where to take what nodes say; overrides [cluster] listen.")
    private @Nullable String clusterListen;

    @Override
    public Integer call() throws InterruptedException {
        Configuration configuration = setup.configuration(settings());
        configuration.notices().forEach(LOG::warn);
        DatabaseSettings.requirePostgresql(configuration);
        StateDirectory state = StateDirectory.share(Setup.statePath(configuration));
        Cloud cloud = Cloud.startController(configuration, state);
        Shutdown.closesBeforeExit(cloud);
        PrintWriter out = specification.commandLine().getOut();
        out.printf("The controller serves at %s; its state is in %s%n", cloud.url(configuration), state.path());
        out.flush();
        return Shutdown.await();
    }

    private Map<Option<?>, String> settings() {
        Map<Option<?>, String> settings = new HashMap<>();
        if (listen != null) {
            settings.put(KilonovaOptions.LISTEN, listen);
        }
        if (clusterListen != null) {
            settings.put(KilonovaOptions.CLUSTER_LISTEN, clusterListen);
        }
        return settings;
    }
}
