package io.kilonova.storage;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.jdbc4.JDBC4Connection;
import org.sqlite.jdbc4.JDBC4PreparedStatement;

/**
 * A connection that keeps its statements prepared: for SQLite to read the text of a wide SELECT takes 40 µs, to answer it 10.
 * Used by one thread at a time.
 */
final class SqliteConnection extends JDBC4Connection {
    /** A program runs about 300 different texts; what varies (lists with filters) pushes itself out. Some 5 KB each. */
    private static final int MAXIMUM_KEPT = 400;

    /** Those that nobody uses now, the one that was used longest ago first. */
    private final SequencedMap<String, KeptStatement> kept = new LinkedHashMap<>();

    SqliteConnection(Path file, SQLiteConfig config) throws SQLException {
        super("jdbc:sqlite:" + file.toAbsolutePath(), file.toAbsolutePath().toString(), config.toProperties());
    }

    /**
     * Never: transactions begin and end by statements of their own. A driver that is told otherwise begins and ends one after
     * each statement, to see whether one is open.
     */
    @Override
    public boolean getAutoCommit() {
        return false;
    }

    /** Runs a statement like {@code COMMIT}. */
    void run(String text) throws SQLException {
        try (PreparedStatement statement = prepareStatement(text)) {
            statement.execute();
        }
    }

    @Override
    public PreparedStatement prepareStatement(String text, int type, int concurrency, int holdability)
            throws SQLException {
        checkOpen();
        checkCursor(type, concurrency, holdability);
        KeptStatement statement = kept.remove(text);
        return statement == null ? new KeptStatement(text) : statement;
    }

    private void keep(KeptStatement statement) throws SQLException {
        KeptStatement same = kept.putLast(statement.text, statement);
        if (same != null) {
            same.discard();
        }
        if (kept.size() > MAXIMUM_KEPT) {
            kept.pollFirstEntry().getValue().discard();
        }
    }

    /** Goes back to its connection when it is closed, unless it failed: then the driver has let it go already. */
    private final class KeptStatement extends JDBC4PreparedStatement {
        private final String text;
        // The driver asks SQLite for each name again after each run, which costs as much as to fetch a row.
        private String @Nullable [] columnNames;

        KeptStatement(String text) throws SQLException {
            super(SqliteConnection.this, text);
            this.text = text;
        }

        @Override
        public ResultSet getResultSet() throws SQLException {
            rs.colsMeta = columnNames;
            ResultSet result = super.getResultSet();
            columnNames = rs.colsMeta;
            return result;
        }

        @Override
        public void close() throws SQLException {
            if (pointer.isClosed() || SqliteConnection.this.isClosed()) {
                discard();
                return;
            }
            rs.close();
            clearParameters();
            keep(this);
        }

        private void discard() throws SQLException {
            super.close();
        }
    }
}
