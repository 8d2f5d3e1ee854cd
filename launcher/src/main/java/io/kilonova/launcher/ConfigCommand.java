package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.ConfigurationListing;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code kilonova config}. */
@Command(
        name = "config",
        description = "Prints every option with its default, unit and meaning, as a file that can be used as it is.",
        mixinStandardHelpOptions = true,
        footer = {"", "What is set stands in it as set, with the place that set it; the rest is in comments."})
final class ConfigCommand implements Callable<Integer> {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
    private CommandLine.Model.CommandSpec specification;

    @CommandLine.Mixin
    private final Setup setup = new Setup();

    @Override
    public Integer call() {
        Configuration configuration = setup.configuration(Map.of());
        configuration.notices().forEach(specification.commandLine().getErr()::println);
        specification.commandLine().getOut().print(ConfigurationListing.of(configuration));
        specification.commandLine().getOut().flush();
        return 0;
    }
}
