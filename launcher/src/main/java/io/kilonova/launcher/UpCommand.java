package io.kilonova.launcher;

import ch.qos.logback.classic.Level;
import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.HostAndPort;
import io.kilonova.configuration.Option;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code kilonova up}: a whole cloud in this process, until it is told to stop. */
@Command(
        name = "up",
        description =
                "Starts a cloud: all APIs and this machine as its hypervisor. Stops in good order on Ctrl-C and SIGTERM.",
        mixinStandardHelpOptions = true,
        footer = {"", "Guests go on running when the cloud stops, and are found again when it starts."})
final class UpCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(UpCommand.class);

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
    private CommandLine.Model.CommandSpec specification;

    @CommandLine.Mixin
    private final Setup setup = new Setup();

    @CommandLine.Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where to serve; overrides [http] listen. Port 0 takes a free one.")
    private @Nullable String listen;

    @CommandLine.Option(
            names = "--hypervisor",
            paramLabel = "KIND",
            description = "libvirt for real guests, fake for guests that only seem to run; overrides compute_driver.")
    private @Nullable String hypervisor;

    @CommandLine.Option(
            names = "--classic-ports",
            description =
                    "Serves each service at its customary port too: 5000, 8774, 9292, 9696, 8778, 8776, and 8775 for metadata.")
    private boolean classicPorts;

    @CommandLine.Option(
            names = "--fake-hosts",
            paramLabel = "NUMBER",
            hidden = true,
            description = "How many hosts the fake hypervisor has, for measuring.")
    private int fakeHosts = FakePlatform.HOSTS;

    @CommandLine.Option(names = "--debug", description = "Logs in detail.")
    private boolean debug;

    @Override
    public Integer call() throws InterruptedException {
        if (debug) {
            ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.DEBUG);
        }
        Configuration configuration = setup.configuration(settings());
        configuration.notices().forEach(LOG::warn);
        StateDirectory state = StateDirectory.open(Setup.statePath(configuration));
        Cloud cloud = Cloud.start(configuration, state, fakeHosts);
        Shutdown.closesBeforeExit(cloud);
        HostAndPort address = cloud.address();
        specification.commandLine().getOut().print(Banner.of(cloud, configuration));
        specification.commandLine().getOut().flush();
        LOG.info("The cloud serves at {}, its state is in {}", address, state.path());
        return Shutdown.await();
    }

    private Map<Option<?>, String> settings() {
        Map<Option<?>, String> settings = new HashMap<>();
        if (listen != null) {
            settings.put(KilonovaOptions.LISTEN, listen);
        }
        if (hypervisor != null) {
            settings.put(KilonovaOptions.COMPUTE_DRIVER, hypervisor);
        }
        if (classicPorts) {
            settings.put(KilonovaOptions.CLASSIC_PORTS, "true");
        }
        return settings;
    }
}
