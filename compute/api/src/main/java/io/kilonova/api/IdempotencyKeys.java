package io.kilonova.api;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Owner;
import io.kilonova.errors.ServiceException;
import io.kilonova.http.HttpError;
import io.kilonova.http.RepeatedRequests;
import io.kilonova.servers.ServerError;
import io.kilonova.storage.Database;
import io.kilonova.storage.StorageError;
import io.kilonova.storage.Transaction;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * The keys of requests that were carried out, for a day. A key is written in the transaction that does what its request asks
 * for, so nothing is ever done twice, whichever controller dies and when. The answer is written after that and before it is
 * sent. Only where a controller dies or loses the database between the two, some milliseconds, its caller is told that the answer
 * is lost, and whose.
 */
final class IdempotencyKeys implements RepeatedRequests {
    static final Duration KEPT = Duration.ofHours(24);
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final int FORGOTTEN_AT_ONCE = 100;

    private static final Table<Record> KEYS = table(name("idempotency_keys"));
    private static final Field<String> ID = field(name("id"), String.class);
    private static final Field<String> FINGERPRINT = field(name("fingerprint"), String.class);
    private static final Field<String> REQUEST_ID = field(name("request_id"), String.class);
    private static final Field<Long> CREATED_AT = field(name("created_at"), Long.class);
    private static final Field<String> ANSWER = field(name("answer"), String.class);

    private final Database database;
    private final InstantSource clock;
    private final ConcurrentHashMap<String, CountDownLatch> underWay = new ConcurrentHashMap<>();

    /** Another controller has carried the request out in the meantime. */
    private static final class CameFirstException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    IdempotencyKeys(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public Recorded answer(Repeatable request, First first) throws IOException {
        SealedAnswer seal = SealedAnswer.of(request);
        CountDownLatch mine = new CountDownLatch(1);
        for (CountDownLatch other = underWay.putIfAbsent(seal.id(), mine);
                other != null;
                other = underWay.putIfAbsent(seal.id(), mine)) {
            await(other, request);
        }
        try {
            Optional<Recorded> before = find(seal, request);
            return before.isPresent() ? before.get() : carryOut(seal, request, first);
        } catch (CameFirstException race) {
            return find(seal, request).orElseThrow(() -> pending(request.requestId()));
        } finally {
            underWay.remove(seal.id(), mine);
            mine.countDown();
        }
    }

    private static void await(CountDownLatch other, Repeatable request) {
        try {
            if (other.await(WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw pending(request.requestId());
    }

    private static RuntimeException pending(String requestId) {
        return HttpError.IDEMPOTENCY_ANSWER_PENDING.with(requestId).retryAfter(Duration.ofSeconds(1));
    }

    private Optional<Recorded> find(SealedAnswer seal, Repeatable request) {
        Optional<Record> row = database.read(sql -> sql.selectFrom(KEYS)
                .where(ID.eq(seal.id()).and(CREATED_AT.gt(oldest())))
                .fetchOptional());
        if (row.isEmpty()) {
            return Optional.empty();
        }
        String firstRequest = row.get().get(REQUEST_ID);
        if (!row.get().get(FINGERPRINT).equals(request.fingerprint())) {
            throw HttpError.IDEMPOTENCY_KEY_REUSED.with(firstRequest);
        }
        return Optional.of(
                row.map(found -> found.get(ANSWER)).map(seal::open).orElseThrow(() -> pending(firstRequest)));
    }

    private Recorded carryOut(SealedAnswer seal, Repeatable request, First first) throws IOException {
        Recorded made;
        try {
            made = database.accompanied(transaction -> claim(transaction, seal.id(), request), first::run);
        } catch (ServiceException failure) {
            if (leavesNothing(failure)) {
                free(seal, request);
            }
            throw failure;
        }
        keep(seal, request, made);
        return made;
    }

    /**
     * Whether a request that failed has done nothing, or what it did is undone: it may be mended and sent again. Where the database
     * failed nobody knows what it kept, a fault of ours may follow anything, and a card that takes long is plugged yet: there the
     * key stays, if it was written, and whoever sends it again is told to look.
     */
    private static boolean leavesNothing(ServiceException failure) {
        ErrorCode code = failure.code();
        return !(code instanceof StorageError) && code.owner() != Owner.US && code != ServerError.INTERFACE_SLOW;
    }

    private void free(SealedAnswer seal, Repeatable request) {
        database.change(transaction -> transaction
                .sql()
                .deleteFrom(KEYS)
                .where(ID.eq(seal.id()).and(REQUEST_ID.eq(request.requestId())))
                .execute());
    }

    /** Writes in the transaction that does what is asked that it is done. */
    void claim(Transaction transaction, String id, Repeatable request) {
        transaction
                .sql()
                .deleteFrom(KEYS)
                .where(ID.eq(id).and(CREATED_AT.le(oldest())))
                .execute();
        int written = transaction
                .sql()
                .insertInto(KEYS)
                .columns(ID, FINGERPRINT, REQUEST_ID, CREATED_AT)
                .values(id, request.fingerprint(), request.requestId(), clock.millis())
                .onConflictDoNothing()
                .execute();
        if (written == 0) {
            throw new CameFirstException();
        }
    }

    private void keep(SealedAnswer seal, Repeatable request, Recorded made) {
        String sealed = seal.close(made);
        database.change(transaction -> {
            int written = store(transaction, seal, request, sealed);
            if (written == 0) {
                // What changed nothing made no transaction that the key could go along with.
                claim(transaction, seal.id(), request);
                store(transaction, seal, request, sealed);
            }
            forgetOld(transaction);
        });
    }

    private static int store(Transaction transaction, SealedAnswer seal, Repeatable request, String sealed) {
        return transaction
                .sql()
                .update(KEYS)
                .set(ANSWER, sealed)
                .where(ID.eq(seal.id()).and(REQUEST_ID.eq(request.requestId())))
                .execute();
    }

    private void forgetOld(Transaction transaction) {
        transaction
                .sql()
                .deleteFrom(KEYS)
                .where(ID.in(
                        DSL.select(ID).from(KEYS).where(CREATED_AT.le(oldest())).limit(FORGOTTEN_AT_ONCE)))
                .execute();
    }

    private long oldest() {
        return Instant.ofEpochMilli(clock.millis()).minus(KEPT).toEpochMilli();
    }
}
