package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.PrivateFile;
import io.kilonova.storage.Archive;
import io.kilonova.storage.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code kilonova export}: all rows of a stopped cloud in one file. */
@Command(
        name = "export",
        description = "Writes all rows of a stopped cloud's database into one file.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A one-machine cloud becomes a cluster so: stop it (guests run on), export, name a PostgreSQL in"
                    + " [database] connection, import with the same --state, \"kilonova ca init\", and start controllers there"
                    + " and this machine's node with a --state of its own, enrolled under the name that its host has.",
            "Keys, images and the admin's password are files of the state directory and stay there.",
            "The file holds password hashes and sealed keys: its mode is 0600, keep it so."
        })
final class ExportCommand implements Callable<Integer> {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
    private CommandLine.Model.CommandSpec specification;

    @CommandLine.Mixin
    private final Setup setup = new Setup();

    @CommandLine.Parameters(paramLabel = "FILE", description = "The file to make; it must not be there yet.")
    private @Nullable Path file;

    @Override
    public Integer call() throws IOException {
        Path target = Objects.requireNonNull(file);
        Configuration configuration = setup.configuration(Map.of());
        try (StateDirectory state = StateDirectory.open(Setup.statePath(configuration))) {
            if (Files.exists(target)) {
                throw LauncherError.FILE_EXISTS.with(target);
            }
            Path draft = target.resolveSibling(target.getFileName() + ".part");
            PrivateFile.open(draft).close();
            try (Database database = Database.open(DatabaseSettings.of(configuration), Services.MIGRATIONS)) {
                long rows = new Archive(database, (table, count) -> {}).write(draft);
                Files.move(draft, target);
                specification.commandLine().getOut().printf("✓ %,d rows of %s in %s%n", rows, state.path(), target);
            } finally {
                Files.deleteIfExists(draft);
            }
        }
        return 0;
    }
}
