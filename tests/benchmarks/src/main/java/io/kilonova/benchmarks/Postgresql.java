package io.kilonova.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The PostgreSQL that {@code run} started; its address, {@code postgresql://HOST:PORT/}, is in {@code BENCHMARK_DATABASE}. */
final class Postgresql {
    private final String server = System.getenv("BENCHMARK_DATABASE");

    /** Makes a database, and in {@code folder} a configuration that names it; the file. */
    Path database(String name, Path folder) throws SQLException, IOException {
        sql("CREATE DATABASE " + name);
        return Files.writeString(
                folder.resolve(name + ".conf"), "[database]%nconnection = %s%s%n".formatted(server, name));
    }

    /** Processor time of all sessions that there are, in microseconds; programs keep theirs. */
    double processorMicros() throws SQLException, IOException {
        double micros = 0;
        for (String pid : sql("SELECT pid FROM pg_stat_activity")) {
            Path stat = Path.of("/proc", pid, "stat");
            micros += Files.exists(stat) ? CloudUnderLoad.processorMicros(Long.parseLong(pid)) : 0;
        }
        return micros;
    }

    private List<String> sql(String text) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:" + server + "postgres", "kilonova", "");
                Statement statement = connection.createStatement()) {
            if (statement.execute(text)) {
                ResultSet results = statement.getResultSet();
                while (results.next()) {
                    rows.add(results.getString(1));
                }
            }
        }
        return rows;
    }
}
