package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.Option;
import io.kilonova.node.EnrolmentToken;
import io.kilonova.node.NodeIdentity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code kilonova node}: this machine as a hypervisor of a cluster, until it is told to stop. */
@Command(
        name = "node",
        description = "Starts the agent of this hypervisor host. Guests run on when it stops, and are found again.",
        mixinStandardHelpOptions = true,
        subcommands = NodeCommandLine.Enroll.class)
final class NodeCommandLine implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCommandLine.class);

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
    private CommandLine.Model.CommandSpec specification;

    @CommandLine.Mixin
    private final Setup setup = new Setup();

    @CommandLine.Option(
            names = "--cluster-listen",
            paramLabel = "HOST:PORT",
            description = "Where to take commands, as controllers reach it; overrides [cluster] listen.")
    private @Nullable String clusterListen;

    @CommandLine.Option(
            names = "--hypervisor",
            paramLabel = "KIND",
            description = "libvirt for real guests, fake for guests that only seem to run; overrides compute_driver.")
    private @Nullable String hypervisor;

    @CommandLine.Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What the node is called from now on, with its servers on it; overrides [DEFAULT] host.")
    private @Nullable String label;

    @CommandLine.Option(
            names = "--fake-boot-millis",
            paramLabel = "MILLISECONDS",
            hidden = true,
            description = "How long guests of the fake hypervisor take to boot, for tests.")
    private long fakeBootMillis;

    @Override
    public Integer call() throws InterruptedException {
        Configuration configuration = setup.configuration(settings());
        configuration.notices().forEach(LOG::warn);
        StateDirectory state = StateDirectory.open(Setup.statePath(configuration));
        NodeProcess node = NodeProcess.start(configuration, state, Duration.ofMillis(fakeBootMillis));
        Shutdown.closesBeforeExit(node);
        PrintWriter out = specification.commandLine().getOut();
        out.printf("The node %s takes commands at %s%n", node.label(), node.address());
        out.flush();
        return Shutdown.await();
    }

    private Map<Option<?>, String> settings() {
        Map<Option<?>, String> settings = new HashMap<>();
        if (clusterListen != null) {
            settings.put(KilonovaOptions.CLUSTER_LISTEN, clusterListen);
        }
        if (hypervisor != null) {
            settings.put(KilonovaOptions.COMPUTE_DRIVER, hypervisor);
        }
        if (label != null) {
            settings.put(KilonovaOptions.HOST, label);
        }
        return settings;
    }

    /** {@code kilonova node enroll}: makes this machine's key and has a controller take it in. */
    @Command(
            name = "enroll",
            description = "Makes this machine a node: its key is made here and stays here.",
            mixinStandardHelpOptions = true)
    static final class Enroll implements Callable<Integer> {
        @CommandLine.Spec
        @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
        private CommandLine.Model.CommandSpec specification;

        @CommandLine.Mixin
        private final Setup setup = new Setup();

        @CommandLine.Option(
                names = "--controller",
                required = true,
                paramLabel = "HOST:PORT",
                description = "The [cluster] listen of any controller.")
        @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
        private String controller;

        @CommandLine.Option(
                names = "--token-file",
                required = true,
                paramLabel = "FILE",
                description = "What \"kilonova ca token\" printed; - reads it from the standard input.")
        @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
        private String tokenFile;

        @CommandLine.Option(
                names = "--name",
                paramLabel = "NAME",
                description = "What the node is called. Otherwise [DEFAULT] host, or this machine's name.")
        private @Nullable String label;

        @Override
        public Integer call() throws IOException {
            Configuration configuration = setup.configuration(Map.of());
            EnrolmentToken token = EnrolmentToken.parse(
                    tokenFile.equals("-")
                            ? new String(System.in.readNBytes(1024), java.nio.charset.StandardCharsets.UTF_8)
                            : Files.readString(Path.of(tokenFile)));
            try (StateDirectory state = StateDirectory.open(Setup.statePath(configuration))) {
                NodeIdentity identity = NodeIdentity.enrol(
                        NodeProcess.identityFolder(state.path()),
                        token,
                        controller,
                        label == null ? HostPlatform.hostName(configuration) : label);
                specification
                        .commandLine()
                        .getOut()
                        .printf("✓ enrolled as %s, id %s%n", identity.label(), identity.id());
            }
            return 0;
        }
    }
}
