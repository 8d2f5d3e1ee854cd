package io.kilonova.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kilonova test}: done by the script, which has the sources; here only so that the help names it. */
@Command(
        name = "test",
        description = "Installs what the tests need, builds everything and runs all tests.",
        mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw LauncherError.NOT_IN_THE_SCRIPT.with("kilonova test");
    }
}
