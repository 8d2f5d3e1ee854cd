package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.Option;
import java.io.IOException;
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
 * {@code kilonova train}: starts a cloud without guests in a folder of its own, calls it as a client would, and ends. Run
 * by the build, so that Java remembers what a start needs (JEP 483, 514, 515) and the next start takes half the time.
 */
@Command(name = "train", hidden = true, description = "Runs once what a start runs, for Java's cache.")
final class TrainCommand implements Callable<Integer> {
    @CommandLine.Option(
            names = "--folder",
            required = true,
            paramLabel = "FOLDER",
            description = "An empty folder to work in.")
    @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
    private Path folder;

    @Override
    public Integer call() throws IOException {
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
            boolean answered = client.answers();
            LoggerFactory.getLogger(TrainCommand.class).info("Trained; the cloud answered: {}", answered);
        }
        return 0;
    }
}
