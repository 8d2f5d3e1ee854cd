package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.*;

import io.kilonova.storage.Keyset;
import io.kilonova.storage.SelectedRows;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * Reads pages of servers by key. What SQL can decide costs one statement a page; an expression that only Java can hold against
 * a server is tried on one batch after the other until the page is full.
 */
final class ServerPages {
    private static final int BATCH = 1_000;

    /** A name is held against an expression in about 1 µs, a row is read in 10: a second of work at the most. */
    private static final int MOST_LOOKED_AT = 100_000;

    private ServerPages() {}

    static List<Server> of(DSLContext sql, ServerQuery query) {
        List<Keyset.Key> order = query.order();
        Set<Field<?>> columns = new LinkedHashSet<>(ALL);
        order.forEach(key -> columns.add(key.field()));
        Keyset keyset = Keyset.of(order);
        Table<Record> source = source(query.scope());
        Condition place = query.marker()
                .map(id -> keyset.after(sql.select(columns)
                        .from(source)
                        .where(ID.eq(id).and(ServerStore.seen(query.visibility())))
                        .fetchOptional()
                        .orElseThrow(() -> ServerError.MARKER_NOT_FOUND.with(id))))
                .orElse(DSL.trueCondition());
        List<Server> page = new ArrayList<>();
        int batch = query.decidedBySql() ? query.limit() : BATCH;
        for (int lookedAt = 0; page.size() < query.limit(); lookedAt += batch) {
            if (lookedAt >= MOST_LOOKED_AT) {
                throw ServerError.FILTER_INVALID.with(
                        "The expression would have to be held against more than %d servers; ask for fewer by other filters."
                                .formatted(MOST_LOOKED_AT));
            }
            Result<Record> rows = SelectedRows.fetch(
                    sql,
                    sql.select(columns)
                            .from(source)
                            .where(query.condition().and(place))
                            .orderBy(keyset.order())
                            .limit(batch));
            rows.stream()
                    .map(ServerRows::read)
                    .filter(query::keeps)
                    .limit((long) query.limit() - page.size())
                    .forEach(page::add);
            if (rows.size() < batch || query.decidedBySql()) {
                break;
            }
            place = keyset.after(rows.getLast());
        }
        return page;
    }

    private static Table<Record> source(ServerQuery.Scope scope) {
        return switch (scope) {
            case PRESENT -> SERVERS;
            case GONE, BOTH ->
                DSL.table(DSL.select(stored())
                                .from(SERVERS)
                                .unionAll(DSL.select(stored()).from(DELETED_SERVERS)))
                        .as("servers");
        };
    }
}
