package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code kilonova demo}: the part that needs a running cloud; the script starts and stops that. */
@Command(
        name = "demo",
        description = "Starts a cloud with libvirt and OVN on this machine, boots a real guest and shows its console.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "It needs root and a Debian or Ubuntu machine; it says what it would install and asks first.",
            "Its state is in demo-state beside the program unless --state says otherwise; Ctrl-C removes what it started."
        })
final class DemoCommand implements Callable<Integer> {
    private static final Duration START_DEADLINE = Duration.ofMinutes(2);

    private static final String NEXT = """

            Your cloud is at %s. Go on with it:

              export OS_CLIENT_CONFIG_FILE=%s OS_CLOUD=%s
              openstack server show %s
              openstack console log show %s
              openstack hypervisor list
              openstack server reboot --wait %s
              openstack server create --flavor %s --image %s --network %s second

            ./kilonova demo --down stops it and removes everything.
            """;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
    private CommandLine.Model.CommandSpec specification;

    @CommandLine.Mixin
    private final Setup setup = new Setup();

    @CommandLine.Option(names = "--yes", description = "Installs what the machine lacks without asking.")
    private boolean yes;

    @CommandLine.Option(names = "--down", description = "Stops the cloud of the demonstration and removes everything.")
    private boolean down;

    @CommandLine.Option(
            names = "--image",
            paramLabel = "FILE",
            description =
                    "Boots this image, qcow2 or raw, instead of the small one that is built from Debian's packages.")
    private @Nullable Path image;

    @CommandLine.Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long the build and the boot may take each. Default: ${DEFAULT-VALUE}.")
    private int timeoutSeconds;

    @Override
    public Integer call() throws Exception {
        Configuration configuration = setup.configuration(Map.of());
        Path state = Setup.statePath(configuration);
        PrintWriter out = specification.commandLine().getOut();
        Narrator narrator = new Narrator(out);
        try (CloudClient client = new CloudClient(ClientFiles.identity(state))) {
            Demonstration demonstration = new Demonstration(
                    client, narrator, state, Demonstration.patience(Duration.ofSeconds(timeoutSeconds)));
            if (down) {
                client.signIn("admin", ClientFiles.password(state));
                demonstration.remove();
                return 0;
            }
            Path file = Optional.ofNullable(image)
                    .orElseThrow(() -> LauncherError.NOT_IN_THE_SCRIPT.with("kilonova demo without --image"));
            if (!Files.isReadable(file)) {
                throw LauncherError.FILE_UNREADABLE.with(file, "there is no such file, or it is not yours to read");
            }
            Patience start = new Patience(Duration.ofMillis(200), START_DEADLINE);
            narrator.step("the cloud answers", () -> start.until("The cloud's start", () -> answering(client)));
            client.signIn("admin", ClientFiles.password(state));
            demonstration.run(file);
        }
        String name = Demonstration.NAME;
        out.printf(
                NEXT,
                ClientFiles.identity(state),
                ClientFiles.cloudsYaml(state),
                ClientFiles.CLOUD,
                name,
                name,
                name,
                name,
                name,
                name);
        out.flush();
        return 0;
    }

    private static Optional<Boolean> answering(CloudClient client) {
        return client.answers() ? Optional.of(true) : Optional.empty();
    }
}
