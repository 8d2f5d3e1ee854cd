package io.kilonova.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jooq.ConnectionProvider;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a transaction at PostgreSQL, and the statements that wait to travel with its next one: a journey to the
 * server and back costs more than most statements. Whoever takes the connection finds them carried out.
 */
final class Pipeline implements ConnectionProvider {
    /** So many travel together; the driver keeps the text of each combination. */
    private static final int MAXIMUM_WAITING = 16;

    private final Connection connection;
    private final List<Waiting> waiting = new ArrayList<>();

    private record Waiting(String text, List<@Nullable Object> values) {}

    Pipeline(Connection connection) {
        this.connection = connection;
    }

    /** Has a statement carried out whose answer nobody needs: with the next one, which may be the commit. */
    void add(String text, @Nullable Object[] values) {
        if (waiting.size() == MAXIMUM_WAITING) {
            carryOut();
        }
        waiting.add(new Waiting(text, Arrays.asList(values)));
    }

    /** Carries out what waits and then this statement, whose result the returned one shows. */
    PreparedStatement execute(String text, @Nullable Object... values) throws SQLException {
        int before = waiting.size();
        waiting.add(new Waiting(text, Arrays.asList(values)));
        PreparedStatement statement = executeAll();
        for (int result = 0; result < before; result++) {
            statement.getMoreResults();
        }
        return statement;
    }

    /** Carries out what waits; the returned one shows the first result, and then the others. */
    PreparedStatement executeAll() throws SQLException {
        try {
            String text = waiting.stream().map(Waiting::text).collect(Collectors.joining("; "));
            @Nullable
            Object[] values =
                    waiting.stream().map(Waiting::values).flatMap(List::stream).toArray();
            return execute(connection, text, values);
        } finally {
            waiting.clear();
        }
    }

    /** A statement that was carried out. */
    static PreparedStatement execute(Connection connection, String text, @Nullable Object[] values)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text);
        try {
            for (int index = 0; index < values.length; index++) {
                statement.setObject(index + 1, values[index]);
            }
            statement.execute();
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    @Override
    public Connection acquire() {
        if (!waiting.isEmpty()) {
            carryOut();
        }
        return connection;
    }

    private void carryOut() {
        try {
            executeAll().close();
        } catch (SQLException e) {
            throw StorageFailures.ofStatement(e);
        }
    }

    /** The connection is its pool's. */
    @Override
    public void release(Connection used) {}
}
