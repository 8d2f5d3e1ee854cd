package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.storage.Archive;
import io.kilonova.storage.Database;
import io.kilonova.storage.DatabaseOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code kilonova import}: the rows that {@code kilonova export} wrote, into another database. */
@Command(
        name = "import",
        description = "Reads the rows that \"kilonova export\" wrote into an empty database: all of them, or none.",
        mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call() is called
    private CommandLine.Model.CommandSpec specification;

    @CommandLine.Mixin
    private final Setup setup = new Setup();

    @CommandLine.Parameters(paramLabel = "FILE", description = "The file that \"kilonova export\" made.")
    private @Nullable Path file;

    @Override
    public Integer call() throws IOException {
        Path source = Objects.requireNonNull(file);
        Configuration configuration = setup.configuration(Map.of());
        try (StateDirectory state = StateDirectory.open(Setup.statePath(configuration))) {
            Path folder = Files.createTempDirectory(state.path(), "import");
            try (Database database = Database.open(DatabaseSettings.of(configuration), Services.MIGRATIONS);
                    Database unused =
                            Database.open(DatabaseOptions.sqlite(folder.resolve("unused.db")), Services.MIGRATIONS)) {
                long rows = new Archive(database, this::tell).read(source, unused);
                out().printf("✓ %,d rows; start the cloud with the same --state%n", rows);
            } finally {
                remove(folder);
            }
        }
        return 0;
    }

    private void tell(String table, long rows) {
        out().printf("  %s: %,d%n", table, rows);
        out().flush();
    }

    private PrintWriter out() {
        return specification.commandLine().getOut();
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
