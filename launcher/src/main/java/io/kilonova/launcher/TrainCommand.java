package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.Option;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code kilonova train}: starts a cloud without guests in a folder of its own, calls it as its users will, and ends. Run
 * by the build, so that Java remembers the classes that a start loads and the methods that requests run (JEP 483, 514, 515):
 * the next start takes half the time, and its first thousand servers a third.
 */
@Command(name = "train", hidden = true, description = "Runs once what a cloud runs, for Java's cache.")
final class TrainCommand implements Callable<Integer> {
    @CommandLine.Option(
            names = "--folder",
            required = true,
            paramLabel = "FOLDER",
            description = "An empty folder to work in.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
    private Path folder;

    @Override
    public Integer call() throws Exception {
        Map<Option<?>, String> settings = Map.of(
                KilonovaOptions.STATE_PATH,
                Files.createDirectories(folder).toAbsolutePath().toString(),
                KilonovaOptions.COMPUTE_DRIVER,
                "fake",
                KilonovaOptions.LISTEN,
                "127.0.0.1:0");
        Configuration configuration = Configuration.read(KilonovaOptions.all(), Optional.empty(), Map.of(), settings);
        StateDirectory state = StateDirectory.open(Setup.statePath(configuration));
        try (Cloud cloud = Cloud.start(configuration, state);
                CloudClient client = new CloudClient(URI.create(cloud.url(configuration) + "/identity"))) {
            client.signIn("admin", state.adminPassword());
            int servers = new Rehearsal(client, folder).run();
            LoggerFactory.getLogger(TrainCommand.class).info("Trained with {} servers", servers);
        }
        return 0;
    }
}
