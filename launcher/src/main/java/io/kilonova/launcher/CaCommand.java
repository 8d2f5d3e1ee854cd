package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.node.CertificateAuthority;
import io.kilonova.node.EnrolledNode;
import io.kilonova.node.NodeRegister;
import io.kilonova.storage.Database;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code kilonova ca}: who belongs to a cluster. Run where a controller's state directory is. */
@Command(
        name = "ca",
        description = "The certificate authority of a cluster: who its nodes are.",
        mixinStandardHelpOptions = true)
final class CaCommand implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before run() is called
    private CommandLine.Model.CommandSpec specification;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(specification.commandLine(), "A command is missing.");
    }

    private void say(String line) {
        PrintWriter out = specification.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    @Command(
            name = "init",
            description = "Makes the authority, once, in the state directory that the controllers share.",
            mixinStandardHelpOptions = true)
    int init(@CommandLine.Mixin Setup setup) {
        try (StateDirectory state = StateDirectory.share(Setup.statePath(setup.configuration(Map.of())))) {
            Path folder = ClusterPlatform.authorityFolder(state.path());
            CertificateAuthority authority = CertificateAuthority.create(folder, Clock.systemUTC());
            state.adminPassword();
            say("✓ the authority %s is in %s".formatted(authority.fingerprint(), folder));
        }
        return 0;
    }

    @Command(
            name = "token",
            description = "Prints a token with which one node may enrol, once.",
            mixinStandardHelpOptions = true)
    int token(
            @CommandLine.Mixin Setup setup,
            @CommandLine.Option(
                            names = "--minutes",
                            defaultValue = "60",
                            paramLabel = "MINUTES",
                            description = "How long it is good; 60 otherwise.")
                    int minutes) {
        if (minutes < 1 || minutes > 60 * 24 * 7) {
            throw new CommandLine.ParameterException(
                    specification.commandLine(), "A token is good for 1 minute to 7 days.");
        }
        try (StateDirectory state = StateDirectory.share(Setup.statePath(setup.configuration(Map.of())))) {
            CertificateAuthority authority =
                    CertificateAuthority.open(ClusterPlatform.authorityFolder(state.path()), Clock.systemUTC());
            withRegister(
                    setup,
                    register -> say(register.newToken(authority, Duration.ofMinutes(minutes))
                            .text()));
        }
        return 0;
    }

    @Command(name = "nodes", description = "Lists the nodes.", mixinStandardHelpOptions = true)
    int nodes(@CommandLine.Mixin Setup setup) {
        withRegister(setup, register -> {
            for (EnrolledNode node : register.list()) {
                say("%s  %s  %s  since %s".formatted(node.label(), node.address(), node.id(), node.enrolledAt()));
            }
        });
        return 0;
    }

    @Command(
            name = "revoke",
            description = "Believes a node nothing any more, within five seconds. Its guests run on.",
            mixinStandardHelpOptions = true)
    int revoke(
            @CommandLine.Mixin Setup setup,
            @CommandLine.Parameters(paramLabel = "NAME", description = "What the node is called.") String label) {
        withRegister(setup, register -> register.revoke(label));
        say("✓ %s is revoked".formatted(label));
        return 0;
    }

    private static void withRegister(Setup setup, Consumer<NodeRegister> work) {
        Configuration configuration = setup.configuration(Map.of());
        DatabaseSettings.requirePostgresql(configuration);
        try (Database database = Database.open(DatabaseSettings.of(configuration), Services.MIGRATIONS)) {
            work.accept(new NodeRegister(database, Clock.systemUTC()));
        }
    }
}
