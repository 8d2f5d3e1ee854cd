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

    /** Has nodes enrol in the cluster of this database with the secrets {@code secret-0} to that before {@code count}. */
    void allowEnrolment(String database, int count) throws SQLException {
        List<String> unused = sql(database, """
                INSERT INTO enrolment_tokens (digest, expires_at)
                SELECT encode(sha256(convert_to('secret-' || i, 'UTF8')), 'hex'), 4102444800000
                FROM generate_series(0, %d) AS i""".formatted(count - 1));
    }

    /** Has the nodes of this database's cluster be at the addresses that they say, which none could prove by answering there. */
    void placeNodes(String database, String addressOfLabel) throws SQLException {
        List<String> unused = sql(database, "UPDATE nodes SET address = " + addressOfLabel);
    }

    private List<String> sql(String text) throws SQLException {
        return sql("postgres", text);
    }

    private List<String> sql(String database, String text) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:" + server + database, "kilonova", "");
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
