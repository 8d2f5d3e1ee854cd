package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.scheduling.Decision;
import io.kilonova.storage.Database;
import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/** Where each server was put or could not be put, and why: kept beside the server, for its operator and its owner. */
public final class PlacementDecisions {
    private static final Table<Record> DECISIONS = table(name("placement_decisions"));
    private static final Field<String> SERVER_ID = field(name("server_id"), String.class);
    private static final Field<Long> DECIDED_AT = field(name("decided_at"), Long.class);
    private static final Field<String> REQUEST_ID = field(name("request_id"), String.class);
    private static final Field<String> HOST = field(name("host"), String.class);
    private static final Field<String> TENANT_SENTENCE = field(name("tenant_sentence"), String.class);
    private static final Field<String> REPORT = field(name("report"), String.class);

    private static final FixedStatement STORE = FixedStatement.of(sql -> sql.insertInto(DECISIONS)
            .columns(SERVER_ID, DECIDED_AT, REQUEST_ID, HOST, TENANT_SENTENCE, REPORT)
            .values("", 0L, "", "", "", "")
            .onConflict(SERVER_ID, DECIDED_AT)
            .doNothing());

    private final Database database;

    /**
     * One decision.
     *
     * @param decidedAt when
     * @param requestId of the request that asked
     * @param host where the server was put; empty when nowhere
     * @param tenantSentence what its owner may read
     * @param report all of it, JSON
     */
    public record Stored(
            Instant decidedAt, String requestId, Optional<String> host, String tenantSentence, String report) {}

    /** The decisions in {@code database}. */
    public PlacementDecisions(Database database) {
        this.database = database;
    }

    /** The decisions about a server, newest first. */
    public List<Stored> of(String serverId) {
        return database.read(sql -> sql.selectFrom(DECISIONS)
                .where(SERVER_ID.eq(serverId))
                .orderBy(DECIDED_AT.desc())
                .limit(100)
                .fetch(row -> new Stored(
                        Instant.ofEpochMilli(row.get(DECIDED_AT)),
                        row.get(REQUEST_ID),
                        Optional.ofNullable(row.get(HOST)),
                        row.get(TENANT_SENTENCE),
                        row.get(REPORT))));
    }

    /** Whether a host was decided on for a server. */
    boolean chose(String serverId, String host) {
        return database.read(
                sql -> sql.fetchExists(DECISIONS, SERVER_ID.eq(serverId).and(HOST.eq(host))));
    }

    void store(Transaction transaction, String serverId, String requestId, Decision decision, Instant now) {
        Optional<String> host = decision.selections().stream()
                .findFirst()
                .map(selection -> selection.chosen().host());
        STORE.executeLater(
                transaction.sql(),
                serverId,
                now.toEpochMilli(),
                requestId,
                host.orElse(null),
                decision.tenantSentence(),
                Documents.write(decision.operatorReport()));
    }

    void forget(Transaction transaction, String serverId) {
        transaction.sql().deleteFrom(DECISIONS).where(SERVER_ID.eq(serverId)).execute();
    }
}
