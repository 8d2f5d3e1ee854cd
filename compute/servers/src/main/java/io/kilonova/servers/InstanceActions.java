package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.storage.Database;
import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The history of what was asked of each server and how it ended ({@code os-instance-actions}). */
public final class InstanceActions {
    private static final Table<Record> ACTIONS = table(name("instance_actions"));
    private static final Field<Long> ID = field(name("id"), Long.class);
    private static final Field<String> SERVER_ID = field(name("server_id"), String.class);
    private static final Field<String> REQUEST_ID = field(name("request_id"), String.class);
    private static final Field<String> PROJECT_ID = field(name("project_id"), String.class);
    private static final Field<String> USER_ID = field(name("user_id"), String.class);
    private static final Field<String> ACTION = field(name("action"), String.class);
    private static final Field<String> MESSAGE = field(name("message"), String.class);
    private static final Field<Long> STARTED_AT = field(name("started_at"), Long.class);
    private static final Field<Long> UPDATED_AT = field(name("updated_at"), Long.class);
    private static final Field<String> EVENT = field(name("event"), String.class);
    private static final Field<Long> EVENT_FINISHED_AT = field(name("event_finished_at"), Long.class);
    private static final Field<String> EVENT_RESULT = field(name("event_result"), String.class);
    private static final Field<String> EVENT_HOST = field(name("event_host"), String.class);
    private static final Field<String> EVENT_DETAILS = field(name("event_details"), String.class);

    private static final FixedStatement BEGIN = FixedStatement.of(sql -> sql.insertInto(ACTIONS)
            .columns(ID, SERVER_ID, REQUEST_ID, PROJECT_ID, USER_ID, ACTION, STARTED_AT, UPDATED_AT, EVENT)
            .values(0L, "", "", "", "", "", 0L, 0L, ""));
    private static final FixedStatement FINISH = FixedStatement.of(sql -> sql.update(ACTIONS)
            .set(UPDATED_AT, 0L)
            .set(EVENT_FINISHED_AT, 0L)
            .set(EVENT_RESULT, "")
            .set(MESSAGE, "")
            .set(EVENT_DETAILS, "")
            .set(EVENT_HOST, "")
            .where(ID.eq(0L)));

    private final Database database;

    /**
     * One action.
     *
     * @param id counts up
     * @param serverId the server
     * @param requestId of the request that asked
     * @param projectId of the caller
     * @param userId of the caller
     * @param action for example {@code reboot}
     * @param message {@code Error} when it failed
     * @param startedAt when it was accepted
     * @param updatedAt when it changed last
     * @param event what was done for it
     * @param finish how it ended
     */
    public record Action(
            long id,
            String serverId,
            String requestId,
            String projectId,
            String userId,
            String action,
            Optional<String> message,
            Instant startedAt,
            Instant updatedAt,
            String event,
            Optional<Finish> finish,
            Optional<String> host) {}

    /**
     * How an action ended.
     *
     * @param at when
     * @param result {@code Success} or {@code Error}
     * @param details why not
     */
    public record Finish(Instant at, String result, Optional<String> details) {}

    /** Which actions a list shows; each bound is inclusive. */
    public record Filter(
            Optional<Instant> changedSince,
            Optional<Instant> changedBefore,
            int limit,
            Optional<String> markerRequestId) {}

    /** The actions in {@code database}. */
    public InstanceActions(Database database) {
        this.database = database;
    }

    /** Writes down that something is asked; returns the action's id. */
    long begin(
            Transaction transaction,
            Server server,
            String userId,
            String projectId,
            String requestId,
            ServerCommand command,
            Instant now) {
        long id = ServerStore.take(transaction, "instance_actions");
        begin(transaction, id, server, userId, projectId, requestId, command, now);
        return id;
    }

    void begin(
            Transaction transaction,
            long id,
            Server server,
            String userId,
            String projectId,
            String requestId,
            ServerCommand command,
            Instant now) {
        BEGIN.executeLater(
                transaction.sql(),
                id,
                server.id(),
                requestId,
                projectId,
                userId,
                command.action(),
                now.toEpochMilli(),
                now.toEpochMilli(),
                command.event());
    }

    /** Writes down how it ended. */
    void finish(Transaction transaction, long id, Optional<String> host, Optional<String> failure, Instant now) {
        FINISH.executeLater(
                transaction.sql(),
                now.toEpochMilli(),
                now.toEpochMilli(),
                failure.isPresent() ? "Error" : "Success",
                failure.isPresent() ? "Error" : null,
                failure.orElse(null),
                host.orElse(null),
                id);
    }

    /** The actions of a server, newest first; kept after the server is gone, until their age ends them. */
    public List<Action> list(String serverId, Filter filter) {
        return database.read(sql -> {
            Condition condition = SERVER_ID.eq(serverId);
            if (filter.changedSince().isPresent()) {
                condition =
                        condition.and(UPDATED_AT.ge(filter.changedSince().get().toEpochMilli()));
            }
            if (filter.changedBefore().isPresent()) {
                condition =
                        condition.and(UPDATED_AT.le(filter.changedBefore().get().toEpochMilli()));
            }
            if (filter.markerRequestId().isPresent()) {
                String marker = filter.markerRequestId().get();
                Long last = sql.select(DSL.min(ID))
                        .from(ACTIONS)
                        .where(SERVER_ID.eq(serverId).and(REQUEST_ID.eq(marker)))
                        .fetchOne(DSL.min(ID));
                if (last == null) {
                    throw ServerError.MARKER_NOT_FOUND.with(marker);
                }
                condition = condition.and(ID.lt(last));
            }
            return sql.selectFrom(ACTIONS)
                    .where(condition)
                    .orderBy(ID.desc())
                    .limit(filter.limit())
                    .fetch(InstanceActions::read);
        });
    }

    /** One action of a server, by the request that asked for it. */
    public Optional<Action> find(String serverId, String requestId) {
        return database.read(sql -> sql.selectFrom(ACTIONS)
                .where(SERVER_ID.eq(serverId).and(REQUEST_ID.eq(requestId)))
                .orderBy(ID)
                .limit(1)
                .fetchOptional(InstanceActions::read));
    }

    private static Action read(Record row) {
        return new Action(
                row.get(ID),
                row.get(SERVER_ID),
                row.get(REQUEST_ID),
                row.get(PROJECT_ID),
                row.get(USER_ID),
                row.get(ACTION),
                Optional.ofNullable(row.get(MESSAGE)),
                Instant.ofEpochMilli(row.get(STARTED_AT)),
                Instant.ofEpochMilli(row.get(UPDATED_AT)),
                row.get(EVENT),
                finish(row.get(EVENT_FINISHED_AT), row.get(EVENT_RESULT), row.get(EVENT_DETAILS)),
                Optional.ofNullable(row.get(EVENT_HOST)));
    }

    private static Optional<Finish> finish(@Nullable Long at, @Nullable String result, @Nullable String details) {
        return at == null || result == null
                ? Optional.empty()
                : Optional.of(new Finish(Instant.ofEpochMilli(at), result, Optional.ofNullable(details)));
    }
}
