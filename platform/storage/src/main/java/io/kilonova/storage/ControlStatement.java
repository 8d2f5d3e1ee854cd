package io.kilonova.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A statement like {@code COMMIT}, kept prepared. The SQLite driver closes a statement that failed for want of disk space
 * or because of the disk, so one that failed is prepared anew the next time. Used by one thread at a time.
 */
final class ControlStatement {
    private final Connection connection;
    private final String text;
    private @Nullable PreparedStatement prepared;

    ControlStatement(Connection connection, String text) {
        this.connection = connection;
        this.text = text;
    }

    void run() throws SQLException {
        PreparedStatement statement = prepared;
        if (statement == null) {
            statement = connection.prepareStatement(text);
        }
        prepared = null;
        try {
            statement.execute();
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
        prepared = statement;
    }
}
