package io.kilonova.storage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Which database, and how much of it one process may use.
 *
 * @param file the SQLite file, or empty for PostgreSQL
 * @param url the JDBC address of PostgreSQL ({@code jdbc:postgresql://host:port/name}), or empty for SQLite
 * @param user the role at PostgreSQL, or empty for SQLite
 * @param password the role's password, never printed
 * @param readConnections how many reads go on at once, 1 to 256
 * @param writeConnections how many writes go on at once at PostgreSQL, 1 to 256; SQLite has one writer
 * @param waitingWrites how many transactions may wait for SQLite's writer before others are refused
 * @param groupTransactions how many transactions share one flush to disk at most (SQLite)
 * @param groupDuration how long a group takes further transactions at most (SQLite)
 * @param waitLimit how long a caller waits for a connection, the writer or a lock before it is told that the database is
 *     busy or away
 */
public record DatabaseOptions(
        Optional<Path> file,
        String url,
        String user,
        String password,
        int readConnections,
        int writeConnections,
        int waitingWrites,
        int groupTransactions,
        Duration groupDuration,
        Duration waitLimit) {

    /** Refuses sizes that cannot work. */
    public DatabaseOptions {
        if (file.isPresent() == !url.isEmpty()) {
            throw new IllegalArgumentException("a database is either a file or an address");
        }
        between("readConnections", readConnections, 1, 256);
        between("writeConnections", writeConnections, 1, 256);
        between("waitingWrites", waitingWrites, 1, 1_000_000);
        between("groupTransactions", groupTransactions, 1, 100_000);
        if (groupDuration.isNegative() || waitLimit.isNegative() || waitLimit.isZero()) {
            throw new IllegalArgumentException("groupDuration and waitLimit must not be negative");
        }
    }

    /** The embedded database in {@code file}, which is made when it is not there. */
    public static DatabaseOptions sqlite(Path file) {
        int readers = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);
        return new DatabaseOptions(
                Optional.of(file), "", "", "", readers, 1, 8_192, 512, Duration.ofMillis(20), Duration.ofSeconds(30));
    }

    /** The database at {@code url}. The role must be allowed to create tables in its schema. */
    public static DatabaseOptions postgresql(String url, String user, String password) {
        return new DatabaseOptions(
                Optional.empty(),
                url,
                user,
                password,
                16,
                16,
                8_192,
                512,
                Duration.ofMillis(20),
                Duration.ofSeconds(10));
    }

    /** The same with other numbers of connections. */
    public DatabaseOptions withConnections(int readers, int writers) {
        return new DatabaseOptions(
                file,
                url,
                user,
                password,
                readers,
                writers,
                waitingWrites,
                groupTransactions,
                groupDuration,
                waitLimit);
    }

    /** The same with other bounds of a group and of the queue before it (SQLite). */
    public DatabaseOptions withGroups(int waiting, int transactions, Duration duration) {
        return new DatabaseOptions(
                file,
                url,
                user,
                password,
                readConnections,
                writeConnections,
                waiting,
                transactions,
                duration,
                waitLimit);
    }

    /** The same with another time after which a waiting caller is refused. */
    public DatabaseOptions withWaitLimit(Duration limit) {
        return new DatabaseOptions(
                file,
                url,
                user,
                password,
                readConnections,
                writeConnections,
                waitingWrites,
                groupTransactions,
                groupDuration,
                limit);
    }

    /** What a message calls this database: the file, or the address without anything that may be secret. */
    String shownName() {
        return file.map(Path::toString).orElseGet(() -> url.replaceFirst("\\?.*$", ""));
    }

    /** Never shows the password, nor parameters of the address, which may hold one. */
    @Override
    public String toString() {
        return "DatabaseOptions[%s, user=%s]".formatted(shownName(), user);
    }

    private static void between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s must be %d to %d, not %d".formatted(name, least, most, value));
        }
    }
}
