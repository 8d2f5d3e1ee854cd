package io.kilonova.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;

/**
 * A statement of which only the values change. Its text is made once for each database, so that a run costs what the
 * database does: for a SELECT of 35 columns jOOQ needs 60 µs to make the text, and SQLite 10 to answer it. For statements
 * that run with every request or every step; what runs seldom is better written where it is used.
 *
 * <p>Held as a constant. It is made with any values in their places; each run gives its own, in the order of the text:
 *
 * <pre>{@code
 * private static final FixedStatement FIND = FixedStatement.of(sql -> sql.select(ID, TEXT).from(NOTES).where(ID.eq("")));
 *
 * Optional<Record> note = FIND.fetchOptional(sql, id);
 * }</pre>
 *
 * <p>A run throws what a run by jOOQ does: {@link org.jooq.exception.IntegrityConstraintViolationException} and others.
 */
public final class FixedStatement {
    private final Function<DSLContext, Text> maker;
    private final Map<SQLDialect, Text> texts = new ConcurrentHashMap<>();

    /** How it reads on one database; no fields where only the database knows them, or there are none. */
    private record Text(String sql, int values, Field<?>[] fields) {}

    /** A statement with the values of one run; see {@link #fetchAll}. */
    public record Asked(FixedStatement statement, List<@Nullable Object> values) {}

    /** What is taken from a statement that was carried out. */
    @FunctionalInterface
    private interface Answer<T> {
        T of(PreparedStatement statement, Field<?>[] fields) throws SQLException;
    }

    private FixedStatement(Function<DSLContext, Text> maker) {
        this.maker = maker;
    }

    /** The statement that {@code maker} makes. Called once for each database. */
    public static FixedStatement of(Function<DSLContext, Query> maker) {
        return new FixedStatement(sql -> {
            Query query = maker.apply(sql);
            return text(sql.render(query), SelectedRows.fields(query));
        });
    }

    /** The statement with this text, the same on both databases; {@code fields} are those of its rows, if it has any. */
    public static FixedStatement of(String text, Field<?>... fields) {
        return new FixedStatement(sql -> text(text, fields));
    }

    /** Runs an INSERT, UPDATE or DELETE; the number of rows. */
    public int execute(DSLContext sql, @Nullable Object... values) {
        return run(sql, values, (statement, fields) -> statement.getUpdateCount());
    }

    /**
     * Runs an INSERT, UPDATE or DELETE of which nobody needs to know the number of rows: at PostgreSQL with the transaction's
     * next statement or with its commit, in one journey, and what it throws comes out of that.
     */
    public void executeLater(DSLContext sql, @Nullable Object... values) {
        if (sql.configuration().connectionProvider() instanceof Pipeline pipeline) {
            pipeline.add(text(sql, values).sql(), values);
        } else {
            execute(sql, values);
        }
    }

    /**
     * {@link #executeLater} of an UPDATE or DELETE which has to find a row; when it finds none the transaction fails with
     * {@link StorageError#ROW_NOT_FOUND}, at the latest with its commit.
     */
    public void requireLater(DSLContext sql, @Nullable Object... values) {
        if (sql.configuration().connectionProvider() instanceof Pipeline pipeline) {
            // Dividing by nothing is how a statement ends a transaction whose commit is on its way already.
            pipeline.add(
                    "WITH found AS (%s RETURNING 1) SELECT 1 / COUNT(*) FROM found"
                            .formatted(text(sql, values).sql()),
                    values);
        } else if (execute(sql, values) == 0) {
            throw StorageError.ROW_NOT_FOUND.with();
        }
    }

    /** The rows of a SELECT, or of a statement that is RETURNING. */
    public Result<Record> fetch(DSLContext sql, @Nullable Object... values) {
        return run(sql, values, (statement, fields) -> rows(sql, statement, fields));
    }

    /** The first row, if there is one. */
    public Optional<Record> fetchOptional(DSLContext sql, @Nullable Object... values) {
        return fetch(sql, values).stream().findFirst();
    }

    /** This statement with values, to be run with others. */
    public Asked with(@Nullable Object... values) {
        return new Asked(this, Arrays.asList(values));
    }

    /** The rows of several statements, run in their order; at PostgreSQL in one journey. */
    public static List<Result<Record>> fetchAll(DSLContext sql, Asked... asked) {
        return runAll(sql, List.of(asked), (statement, fields) -> rows(sql, statement, fields));
    }

    /** How many rows each of several statements changed that are INSERT, UPDATE or DELETE; at PostgreSQL in one journey. */
    public static List<Integer> executeAll(DSLContext sql, List<Asked> asked) {
        return runAll(sql, asked, (statement, fields) -> statement.getUpdateCount());
    }

    private static <T> List<T> runAll(DSLContext sql, List<Asked> asked, Answer<T> answer) {
        if (!(sql.configuration().connectionProvider() instanceof Pipeline pipeline)) {
            return asked.stream()
                    .map(one -> one.statement().run(sql, one.values().toArray(), answer))
                    .toList();
        }
        Connection unused = pipeline.acquire(); // what waits is carried out, so that the first result is ours
        List<Text> texts = new ArrayList<>(asked.size());
        for (Asked one : asked) {
            @Nullable Object[] values = one.values().toArray();
            Text text = one.statement().text(sql, values);
            texts.add(text);
            pipeline.add(text.sql(), values);
        }
        try (PreparedStatement statement = pipeline.executeAll()) {
            List<T> all = new ArrayList<>(asked.size());
            for (Text text : texts) {
                all.add(answer.of(statement, text.fields()));
                statement.getMoreResults();
            }
            return all;
        } catch (SQLException e) {
            throw StorageFailures.ofStatement(e);
        }
    }

    private static Result<Record> rows(DSLContext sql, PreparedStatement statement, Field<?>[] fields)
            throws SQLException {
        try (ResultSet rows = statement.getResultSet()) {
            return fields.length == 0 ? sql.fetch(rows) : sql.fetch(rows, fields);
        }
    }

    private <T> T run(DSLContext sql, @Nullable Object[] values, Answer<T> answer) {
        Text text = text(sql, values);
        try (PreparedStatement statement = carriedOut(sql.configuration().connectionProvider(), text.sql(), values)) {
            return answer.of(statement, text.fields());
        } catch (SQLException e) {
            throw StorageFailures.ofStatement(e);
        }
    }

    private static PreparedStatement carriedOut(ConnectionProvider connections, String text, @Nullable Object[] values)
            throws SQLException {
        return connections instanceof Pipeline pipeline
                ? pipeline.execute(text, values)
                : Pipeline.execute(Objects.requireNonNull(connections.acquire()), text, values);
    }

    private Text text(DSLContext sql, @Nullable Object[] values) {
        Text text = texts.computeIfAbsent(sql.dialect(), dialect -> maker.apply(sql));
        if (text.values() != values.length) {
            throw new IllegalArgumentException(
                    "%d values are needed and %d given: %s".formatted(text.values(), values.length, text.sql()));
        }
        return text;
    }

    private static Text text(String sql, Field<?>[] fields) {
        return new Text(
                sql, Math.toIntExact(sql.chars().filter(each -> each == '?').count()), fields);
    }
}
