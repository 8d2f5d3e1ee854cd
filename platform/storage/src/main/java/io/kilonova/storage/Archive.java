package io.kilonova.storage;

import io.kilonova.errors.ServiceException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.InsertValuesStepN;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * All rows of a database in one file that either engine reads: how a cloud moves from SQLite to PostgreSQL, or back.
 *
 * <p>The file is gzip over lines of JSON: a heading with the migrations that made the tables, then for each table a line
 * with its name and columns and a line a row, then a line with the count of all rows. A file that was cut off lacks the
 * last line, one that was damaged fails gzip's checksum; neither is read in part.
 */
public final class Archive {
    private static final int FORMAT = 1;
    private static final int ROWS_AT_ONCE = 200;
    private static final String HISTORY = "schema_history";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Database database;
    private final ObjLongConsumer<String> progress;

    private record Heading(int kilonova, List<String> migrations) {}

    private record TableHeading(String table, List<String> columns) {}

    private record Ending(long rows) {}

    /**
     * The archive of a database.
     *
     * @param progress is told each table when it is done, with its count of rows
     */
    public Archive(Database database, ObjLongConsumer<String> progress) {
        this.database = database;
        this.progress = progress;
    }

    /**
     * Writes all rows, as they are at one instant, to {@code file}, which exists and is empty; it is on disk when this
     * returns. Memory does not grow with the database.
     *
     * @return how many rows
     * @throws ServiceException {@link StorageError#ARCHIVE_FAILED}
     */
    public long write(Path file) {
        return database.read(sql -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                    GZIPOutputStream zip = new GZIPOutputStream(Channels.newOutputStream(channel));
                    BufferedWriter out = new BufferedWriter(new OutputStreamWriter(zip, StandardCharsets.UTF_8))) {
                long rows = writeAll(sql, out);
                out.flush();
                zip.finish();
                channel.force(true);
                return rows;
            } catch (IOException e) {
                throw StorageError.ARCHIVE_FAILED.because(e, file, e.getMessage());
            }
        });
    }

    private long writeAll(DSLContext sql, BufferedWriter out) throws IOException {
        line(out, new Heading(FORMAT, migrations(sql)));
        long rows = 0;
        for (Table<?> table : tables(sql)) {
            rows += write(sql, table, out);
        }
        line(out, new Ending(rows));
        return rows;
    }

    private long write(DSLContext sql, Table<?> table, BufferedWriter out) throws IOException {
        Field<?>[] fields = table.fields();
        List<String> columns =
                List.of(table.fields()).stream().map(Field::getName).toList();
        line(out, new TableHeading(table.getName(), columns));
        long rows = 0;
        try (Cursor<Record> cursor =
                sql.select(fields).from(table).fetchSize(ROWS_AT_ONCE).fetchLazy()) {
            for (Record row : cursor) {
                line(out, row.intoArray());
                rows++;
            }
        }
        progress.accept(table.getName(), rows);
        return rows;
    }

    private static void line(BufferedWriter out, Object value) throws IOException {
        out.write(JSON.writeValueAsString(value));
        out.newLine();
    }

    /**
     * Reads all rows of {@code file} into this database in one transaction: all of them, or on any error none.
     *
     * @param unused the same tables as the migrations made them, to see that nobody uses this database yet
     * @return how many rows
     * @throws ServiceException {@link StorageError#ARCHIVE_FAILED} for a file that is none, or not whole;
     *     {@link StorageError#ARCHIVE_OF_OTHER_TABLES} for one of another release;
     *     {@link StorageError#DATABASE_IN_USE} when this database is in use
     */
    public long read(Path file, Database unused) {
        Map<String, Integer> empty = unused.read(Archive::counts);
        return database.write(transaction -> {
            DSLContext sql = transaction.sql();
            sql.execute(
                    database.dialect() == SQLDialect.SQLITE
                            ? "PRAGMA defer_foreign_keys = ON"
                            : "SET CONSTRAINTS ALL DEFERRED");
            if (!counts(sql).equals(empty)) {
                throw StorageError.DATABASE_IN_USE.with();
            }
            try (BufferedReader in = new BufferedReader(
                    new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
                return new Reading(sql, in).all();
            } catch (IOException | UncheckedIOException | JacksonException | IllegalArgumentException e) {
                throw StorageError.ARCHIVE_FAILED.because(e, file, e.getMessage());
            }
        });
    }

    /** One pass over the file, inside the transaction. */
    private final class Reading {
        private final DSLContext sql;
        private final BufferedReader in;
        private final Map<String, Table<?>> tables = new LinkedHashMap<>();

        Reading(DSLContext sql, BufferedReader in) {
            this.sql = sql;
            this.in = in;
            tables(sql).forEach(table -> tables.put(table.getName(), table));
        }

        long all() throws IOException {
            Heading heading = JSON.treeToValue(next(), Heading.class);
            if (heading.kilonova() != FORMAT || !heading.migrations().equals(migrations(sql))) {
                throw StorageError.ARCHIVE_OF_OTHER_TABLES.with();
            }
            tables.values()
                    .forEach(table ->
                            sql.deleteFrom(table).where(DSL.trueCondition()).execute());
            long rows = 0;
            JsonNode line = next();
            while (!line.has("rows")) {
                TableHeading table = JSON.treeToValue(line, TableHeading.class);
                Table<?> target = known(table.table());
                Field<?>[] fields = table.columns().stream()
                        .map(column -> known(target, column))
                        .toArray(Field<?>[]::new);
                long before = rows;
                List<@Nullable Object[]> batch = new ArrayList<>(ROWS_AT_ONCE);
                for (line = next(); line.isArray(); line = next()) {
                    batch.add(values(fields, line));
                    rows++;
                    if (batch.size() == ROWS_AT_ONCE) {
                        insert(target, fields, batch);
                    }
                }
                insert(target, fields, batch);
                progress.accept(target.getName(), rows - before);
            }
            if (JSON.treeToValue(line, Ending.class).rows() != rows) {
                throw new IOException("rows are missing");
            }
            return rows;
        }

        private JsonNode next() throws IOException {
            String line = in.readLine();
            if (line == null) {
                throw new IOException("it ends too early");
            }
            return JSON.readTree(line);
        }

        private Table<?> known(String name) throws IOException {
            Table<?> table = tables.get(name);
            if (table == null) {
                throw new IOException("it has a table that is not known: " + name);
            }
            return table;
        }

        private static Field<?> known(Table<?> table, String column) {
            Field<?> field = table.field(column);
            if (field == null) {
                throw new IllegalArgumentException(
                        "it has a column that is not known: %s.%s".formatted(table.getName(), column));
            }
            return field;
        }

        private static @Nullable Object[] values(Field<?>[] fields, JsonNode row) {
            if (row.size() != fields.length) {
                throw new IllegalArgumentException("a row has not as many values as its table has columns");
            }
            @Nullable Object[] values = new Object[fields.length];
            for (int column = 0; column < fields.length; column++) {
                JsonNode value = row.get(column);
                values[column] =
                        value.isNull() ? null : fields[column].getDataType().convert(value.asString());
            }
            return values;
        }

        private void insert(Table<?> table, Field<?>[] fields, List<@Nullable Object[]> rows) {
            if (rows.isEmpty()) {
                return;
            }
            InsertValuesStepN<?> insert = sql.insertInto(table).columns(fields);
            for (@Nullable Object[] row : rows) {
                insert = insert.values(row);
            }
            insert.execute();
            rows.clear();
        }
    }

    private static Map<String, Integer> counts(DSLContext sql) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        tables(sql).forEach(table -> counts.put(table.getName(), sql.fetchCount(table)));
        return counts;
    }

    /** All tables but the migrations' own, by name. */
    private static List<Table<?>> tables(DSLContext sql) {
        return schema(sql).stream()
                .filter(table ->
                        !table.getName().equals(HISTORY) && !table.getName().startsWith("sqlite_"))
                .sorted(Comparator.comparing(Table::getName))
                .<Table<?>>map(table -> table)
                .toList();
    }

    private static List<Table<?>> schema(DSLContext sql) {
        if (sql.dialect() == SQLDialect.SQLITE) {
            return sql.meta().getTables();
        }
        String current = sql.select(DSL.currentSchema()).fetchSingle().value1();
        return sql.meta()
                .filterSchemas(schema -> schema.getName().equals(current))
                .getTables();
    }

    private static List<String> migrations(DSLContext sql) {
        return sql.select(DSL.field("script", String.class))
                .from(DSL.table(DSL.name(HISTORY)))
                .where(DSL.field("version").isNotNull())
                .orderBy(DSL.field("script"))
                .fetch()
                .map(row -> row.value1());
    }
}
