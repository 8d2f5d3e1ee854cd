package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.configuration.Secret;
import io.kilonova.storage.DatabaseOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the configuration says about the database. */
final class DatabaseSettings {
    private static final String SQLITE = "sqlite:///";

    private DatabaseSettings() {}

    /** Throws {@link LauncherError#CLUSTER_NEEDS_POSTGRESQL}. */
    static void requirePostgresql(Configuration configuration) {
        if (configuration.get(KilonovaOptions.DATABASE_CONNECTION).startsWith(SQLITE)) {
            throw LauncherError.CLUSTER_NEEDS_POSTGRESQL.with();
        }
    }

    /** What the address asks of connections, each {@code name=value} as it is written there; {@link OptionChecks} knows which may. */
    static List<String> parameters(URI address) {
        return Optional.ofNullable(address.getRawQuery())
                .map(query -> List.of(query.split("&", -1)))
                .orElseGet(List::of);
    }

    static DatabaseOptions of(Configuration configuration) {
        String connection = configuration.get(KilonovaOptions.DATABASE_CONNECTION);
        if (connection.startsWith(SQLITE)) {
            return DatabaseOptions.sqlite(Path.of(connection.substring(SQLITE.length())));
        }
        URI uri = URI.create(connection);
        String user = Optional.ofNullable(uri.getUserInfo()).orElse("kilonova");
        String address = "jdbc:postgresql://%s:%d%s%s"
                .formatted(
                        uri.getHost(),
                        uri.getPort() < 0 ? 5432 : uri.getPort(),
                        uri.getPath(),
                        Optional.ofNullable(uri.getRawQuery())
                                .map(query -> "?" + query)
                                .orElse(""));
        String password = configuration
                .get(KilonovaOptions.DATABASE_PASSWORD)
                .map(Secret::reveal)
                .orElse("");
        return DatabaseOptions.postgresql(address, user, password);
    }
}
