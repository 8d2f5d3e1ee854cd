package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.ovn.NetworkFolder;
import io.kilonova.ovn.OvnDaemons;
import io.kilonova.ovn.OvnHost;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code kilonova release}: ends the networks that go on when a cloud stops, so that its guests do. For a cloud that does
 * not come back.
 */
@Command(
        name = "release",
        description = "Ends the networks that a stopped cloud left to its guests, for a cloud that does not come back.",
        mixinStandardHelpOptions = true)
final class ReleaseCommand implements Callable<Integer> {
    @CommandLine.Mixin
    private final Setup setup = new Setup();

    @Override
    public Integer call() throws IOException {
        Configuration configuration = setup.configuration(Map.of());
        try (StateDirectory state = StateDirectory.open(Setup.statePath(configuration))) {
            OvnHost.stop(OvnHost.Settings.in(
                    HostPlatform.hostName(configuration),
                    NetworkFolder.of(state.path().resolve("network"))));
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(state.path(), ClusterNetworks.FOLDERS)) {
                folders.forEach(folder -> new OvnDaemons(OvnDaemons.Settings.in(folder)).stop());
            }
        }
        return 0;
    }
}
