package io.kilonova.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** SQLite: one writer that groups, and a few readers, each on its snapshot. */
final class SqliteEngine implements Engine {
    /** A connection that may not write. */
    private record Reader(SqliteConnection connection, DSLContext sql) {}

    private final DatabaseOptions options;
    private final Counters counters;
    private final GroupWriter writer;
    private final List<Reader> readers = new ArrayList<>();
    private final ConcurrentLinkedQueue<Reader> idle = new ConcurrentLinkedQueue<>();
    // A native call holds the carrier of its virtual thread, so no more may be under way than there are readers.
    private final Semaphore permits;
    private volatile boolean closed;

    private SqliteEngine(DatabaseOptions options, Counters counters, GroupWriter writer) {
        this.options = options;
        this.counters = counters;
        this.writer = writer;
        this.permits = new Semaphore(options.readConnections(), true);
    }

    static SqliteEngine open(
            Path file,
            DatabaseOptions options,
            Counters counters,
            Migrations migrations,
            ThreadLocal<DSLContext> current) {
        createPrivately(file, options);
        try {
            // This connection creates the WAL and outlives the others, so that none of them is the last to close.
            SQLiteConfig config = config(options, false);
            SqliteConnection connection = new SqliteConnection(file, config);
            migrations.run(source(file, config));
            SqliteEngine engine =
                    new SqliteEngine(options, counters, new GroupWriter(connection, options, counters, current));
            engine.openReaders(file);
            return engine;
        } catch (SQLException e) {
            throw StorageFailures.translate(e, options, false);
        }
    }

    /** The file holds password hashes and tokens: nobody but its owner may read it. The WAL gets the same mode. */
    private static void createPrivately(Path file, DatabaseOptions options) {
        try {
            if (Files.notExists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException e) {
            throw StorageError.DATABASE_READ_ONLY.because(e, options.shownName());
        }
    }

    private static SQLiteConfig config(DatabaseOptions options, boolean queryOnly) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(Math.toIntExact(Math.min(options.waitLimit().toMillis(), 30_000)));
        // Kibibytes, as a negative number: 32 MiB for the writer, 8 MiB a reader. The rest is the system's page cache.
        config.setCacheSize(queryOnly ? -8_192 : -32_768);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        config.setPragma(SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, String.valueOf(64L << 20));
        // Pages, 16 MiB: what many commits change again and again goes to the file once. To read so much at a start
        // takes 50 ms.
        config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, "4000");
        // Not mapped into memory: a read error would kill the process instead of failing one read.
        config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, "0");
        // Ids are made by the program; asking for the last row's number after each statement would be one more
        // statement.
        config.setGetGeneratedKeys(false);
        return config;
    }

    private static SQLiteDataSource source(Path file, SQLiteConfig config) {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        return source;
    }

    private void openReaders(Path file) throws SQLException {
        for (int i = 0; i < options.readConnections(); i++) {
            SqliteConnection connection = new SqliteConnection(file, config(options, true));
            connection.run("PRAGMA query_only = ON");
            Reader reader = new Reader(connection, Statements.on(connection, SQLDialect.SQLITE));
            readers.add(reader);
            idle.add(reader);
        }
    }

    @Override
    public <T> T read(Function<DSLContext, T> work) {
        return reading(reader -> {
            run(reader, "BEGIN");
            try {
                return work.apply(reader.sql);
            } finally {
                run(reader, "COMMIT");
            }
        });
    }

    @Override
    public <T> T readOnce(Function<DSLContext, T> work) {
        return reading(reader -> work.apply(reader.sql));
    }

    private static void run(Reader reader, String text) {
        try {
            reader.connection.run(text);
        } catch (SQLException e) {
            throw StorageFailures.ofStatement(e);
        }
    }

    private <T> T reading(Function<Reader, T> work) {
        Reader reader = take();
        try {
            return work.apply(reader);
        } catch (RuntimeException e) {
            throw StorageFailures.translate(e, options, true);
        } finally {
            idle.add(reader);
            permits.release();
        }
    }

    private Reader take() {
        boolean interrupted = Thread.interrupted();
        try {
            if (!permits.tryAcquire(options.waitLimit().toNanos(), TimeUnit.NANOSECONDS)) {
                counters.refused.increment();
                throw StorageError.DATABASE_BUSY.with("too many reads wait.");
            }
        } catch (InterruptedException e) {
            interrupted = true;
            permits.acquireUninterruptibly();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        Reader reader = idle.poll();
        if (closed || reader == null) {
            permits.release();
            throw StorageError.DATABASE_CLOSED.with();
        }
        return reader;
    }

    @Override
    public <T> Committed<T> write(Function<Transaction, T> work) {
        return writer.write(work);
    }

    @Override
    public int waiting() {
        return writer.waiting();
    }

    @Override
    public void close() {
        closed = true;
        permits.acquireUninterruptibly(options.readConnections());
        try {
            for (Reader reader : readers) {
                reader.connection.close();
            }
        } catch (SQLException e) {
            throw StorageFailures.translate(e, options, true);
        } finally {
            permits.release(options.readConnections());
            idle.clear();
            writer.close();
        }
    }
}
