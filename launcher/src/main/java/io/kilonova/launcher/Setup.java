package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The options of the command line that say which configuration and which state directory are meant. */
final class Setup {
    /** The folder of the program, to which relative paths of the configuration belong; set by the script. */
    private static final String HOME_PROPERTY = "kilonova.home";

    private static final String CONFIGURATION_VARIABLE = "KILONOVA_CONFIG";

    /** Read by the script. */
    private static final String JAVA_OPTIONS_VARIABLE = "KILONOVA_JAVA_OPTIONS";

    @CommandLine.Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration file. Otherwise $KILONOVA_CONFIG, kilonova.conf beside the program, or"
                    + " /etc/kilonova/kilonova.conf, whichever is there first.")
    private @Nullable Path file;

    @CommandLine.Option(
            names = "--state",
            paramLabel = "FOLDER",
            description =
                    "Where this cloud keeps all that it has; overrides state_path. Default: state beside the program.")
    private @Nullable Path state;

    /** The folder of the program. */
    static Path home() {
        return Path.of(System.getProperty(HOME_PROPERTY, "")).toAbsolutePath();
    }

    /** The configuration with what the command line sets; {@code settings} are those of the command itself. */
    Configuration configuration(Map<Option<?>, String> settings) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.remove(JAVA_OPTIONS_VARIABLE);
        Optional<Path> found = configurationFile(Optional.ofNullable(environment.remove(CONFIGURATION_VARIABLE)));
        Map<Option<?>, String> all = new HashMap<>(settings);
        if (state != null) {
            all.put(KilonovaOptions.STATE_PATH, state.toAbsolutePath().toString());
        }
        return Configuration.read(KilonovaOptions.all(), found, environment, all);
    }

    /** The state directory of this configuration, absolute. */
    static Path statePath(Configuration configuration) {
        return home().resolve(configuration.get(KilonovaOptions.STATE_PATH)).normalize();
    }

    private Optional<Path> configurationFile(Optional<String> variable) {
        if (file != null) {
            return Optional.of(file);
        }
        if (variable.isPresent()) {
            return variable.map(Path::of);
        }
        return Stream.of(home().resolve("kilonova.conf"), Path.of("/etc/kilonova/kilonova.conf"))
                .filter(Files::exists)
                .findFirst();
    }
}
