package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.spi.HostInventory;
import io.kilonova.storage.Database;
import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * The hosts of the cloud: what they are is in the database, when they answered last is in memory, for heartbeats never touch
 * the disk. How long a host is silent is measured by a clock that does not jump.
 */
public final class ComputeHosts {
    static final Table<Record> HOSTS = table(name("compute_services"));
    static final Field<String> HOST = field(name("host"), String.class);
    private static final Field<String> ID = field(name("id"), String.class);
    private static final Field<Long> NUMBER = field(name("number"), Long.class);
    private static final Field<Boolean> DISABLED = field(name("disabled"), Boolean.class);
    private static final Field<String> DISABLED_REASON = field(name("disabled_reason"), String.class);
    private static final Field<Boolean> FORCED_DOWN = field(name("forced_down"), Boolean.class);
    private static final Field<String> ZONE = field(name("zone"), String.class);
    private static final Field<String> INVENTORY = field(name("inventory"), String.class);
    private static final Field<Long> CREATED_AT = field(name("created_at"), Long.class);
    private static final Field<Long> UPDATED_AT = field(name("updated_at"), Long.class);

    /** Whether operators let servers go to a host: it is neither disabled nor said to be dead. */
    static final Field<Boolean> TAKES_SERVERS = DSL.field(
                    DSL.condition(DISABLED).or(DSL.condition(FORCED_DOWN)).not())
            .as("takes_servers");

    private static final FixedStatement FIND = FixedStatement.of(sql -> sql.select(
                    HOST, ID, NUMBER, DISABLED, DISABLED_REASON, FORCED_DOWN, ZONE, INVENTORY, CREATED_AT, UPDATED_AT)
            .from(HOSTS)
            .where(HOST.eq("")));

    /** A host that has not answered for so long is down. */
    public static final Duration SILENCE = Duration.ofSeconds(30);

    private final Database database;
    private final InstantSource clock;
    private final LongSupplier elapsedMillis;
    private final long listeningSinceMillis;
    private final Map<String, Heard> heard = new ConcurrentHashMap<>();

    /** When a host answered, as people say it and by the clock that does not jump, and whether it can do anything. */
    private record Heard(Instant at, long elapsedMillis, boolean fit) {}

    /** The hosts in {@code database}, to which this controller listens from now on. */
    public ComputeHosts(Database database, InstantSource clock) {
        this(database, clock, () -> System.nanoTime() / 1_000_000);
    }

    /** The same, with a clock of its own that does not jump, in milliseconds. */
    public ComputeHosts(Database database, InstantSource clock, LongSupplier elapsedMillis) {
        this.database = database;
        this.clock = clock;
        this.elapsedMillis = elapsedMillis;
        this.listeningSinceMillis = elapsedMillis.getAsLong();
    }

    /** All hosts, in the order in which they came. */
    public List<ComputeHost> list() {
        return database.read(sql -> sql.selectFrom(HOSTS).orderBy(NUMBER).fetch(this::read));
    }

    /** The host of that name. */
    public Optional<ComputeHost> find(String host) {
        return database.fetchOptional(FIND.with(host)).map(this::read);
    }

    /** The hosts of those names, of a page at most. */
    public List<ComputeHost> find(Collection<String> names) {
        return names.isEmpty()
                ? List.of()
                : database.read(
                        sql -> sql.selectFrom(HOSTS).where(HOST.in(names)).fetch(this::read));
    }

    Optional<ComputeHost> find(DSLContext sql, String host) {
        return FIND.fetchOptional(sql, host).map(this::read);
    }

    /** What this controller can say of a host now. */
    public HostState state(ComputeHost host) {
        if (host.forcedDown()) {
            return HostState.DOWN;
        }
        Optional<Heard> last = Optional.ofNullable(heard.get(host.host()));
        long silentMillis =
                elapsedMillis.getAsLong() - last.map(Heard::elapsedMillis).orElse(listeningSinceMillis);
        if (silentMillis >= SILENCE.toMillis()) {
            return HostState.DOWN;
        }
        return last.isPresent() ? HostState.UP : HostState.UNKNOWN;
    }

    /** The hosts that take servers if they are up, and are {@link HostState#UNKNOWN}. */
    List<String> unknown() {
        if (elapsedMillis.getAsLong() - listeningSinceMillis >= SILENCE.toMillis()) {
            return List.of();
        }
        return database.read(
                sql -> sql.select(HOST).from(HOSTS).where(DISABLED.isFalse().and(FORCED_DOWN.isFalse())).stream()
                        .map(Record1::value1)
                        .filter(host -> !heard.containsKey(host))
                        .toList());
    }

    /** Whether a host answered lately, with a hypervisor that answers it, and is not said to be dead. */
    public boolean isUp(ComputeHost host) {
        return state(host) == HostState.UP
                && Optional.ofNullable(heard.get(host.host()))
                        .filter(Heard::fit)
                        .isPresent();
    }

    /** Says that a host answered so long {@code ago}, and whether it can do anything; what was heard later stays. */
    void heard(String host, Duration ago, boolean fit) {
        Heard now = new Heard(clock.instant().minus(ago), elapsedMillis.getAsLong() - ago.toMillis(), fit);
        heard.merge(host, now, (last, next) -> last.elapsedMillis() > next.elapsedMillis() ? last : next);
    }

    /** Says that a host answered just now, and whether it can do anything. */
    void heard(String host, boolean fit) {
        heard(host, Duration.ZERO, fit);
    }

    /** Writes down what a host says it is; makes it known the first time. */
    ComputeHost report(Transaction transaction, String host, String zone, HostInventory inventory) {
        long now = clock.millis();
        Optional<ComputeHost> known = find(transaction.sql(), host);
        if (known.isEmpty()) {
            // The release before numbers by the largest, and may have given some that the sequence has not come to yet.
            long number;
            do {
                number = ServerStore.take(transaction, "compute_services");
            } while (transaction.sql().fetchExists(HOSTS, NUMBER.eq(number)));
            transaction
                    .sql()
                    .insertInto(HOSTS)
                    .columns(HOST, ID, NUMBER, DISABLED, FORCED_DOWN, ZONE, INVENTORY, CREATED_AT, UPDATED_AT)
                    .values(
                            host,
                            UUID.randomUUID().toString(),
                            number,
                            false,
                            false,
                            zone,
                            Documents.write(inventory),
                            now,
                            now)
                    .execute();
            HostChanges.mark(transaction, host, now);
        } else if (!known.get().inventory().equals(inventory)) {
            HostChanges.mark(transaction, host, now);
            transaction
                    .sql()
                    .update(HOSTS)
                    .set(INVENTORY, Documents.write(inventory))
                    .set(UPDATED_AT, now)
                    .where(HOST.eq(host))
                    .execute();
        }
        return find(transaction.sql(), host).orElseThrow();
    }

    /** Gives a host another name, in its aggregates too; it answered last when it answered last. */
    void rename(Transaction transaction, String from, String to) {
        DSLContext sql = transaction.sql();
        HostChanges.mark(transaction, from, clock.millis());
        HostChanges.mark(transaction, to, clock.millis());
        List<Long> aggregates = Aggregates.leave(sql, from);
        sql.update(HOSTS)
                .set(HOST, to)
                .set(UPDATED_AT, clock.millis())
                .where(HOST.eq(from))
                .execute();
        aggregates.forEach(aggregate -> Aggregates.join(sql, to, aggregate));
        transaction.afterCommit(() -> Optional.ofNullable(heard.remove(from)).ifPresent(last -> heard.put(to, last)));
    }

    /** Removes a host. */
    void forget(Transaction transaction, String host) {
        HostChanges.mark(transaction, host, clock.millis());
        transaction.sql().deleteFrom(HOSTS).where(HOST.eq(host)).execute();
        transaction.afterCommit(() -> heard.remove(host));
    }

    /** Lets new servers go to a host again, or keeps them off it. */
    void setDisabled(Transaction transaction, String host, boolean disabled, Optional<String> reason) {
        HostChanges.mark(transaction, host, clock.millis());
        transaction
                .sql()
                .update(HOSTS)
                .set(DISABLED, disabled)
                .set(DISABLED_REASON, reason.orElse(null))
                .set(UPDATED_AT, clock.millis())
                .where(HOST.eq(host))
                .execute();
    }

    /** Says in which zone a host is. */
    void setZone(Transaction transaction, String host, String zone) {
        transaction
                .sql()
                .update(HOSTS)
                .set(ZONE, zone)
                .set(UPDATED_AT, clock.millis())
                .where(HOST.eq(host))
                .execute();
    }

    /** Says that a host is dead, or no longer. */
    void setForcedDown(Transaction transaction, String host, boolean forcedDown) {
        HostChanges.mark(transaction, host, clock.millis());
        transaction
                .sql()
                .update(HOSTS)
                .set(FORCED_DOWN, forcedDown)
                .set(UPDATED_AT, clock.millis())
                .where(HOST.eq(host))
                .execute();
    }

    private ComputeHost read(Record row) {
        String host = row.get(HOST);
        return new ComputeHost(
                host,
                row.get(ID),
                row.get(NUMBER),
                row.get(DISABLED),
                Optional.ofNullable(row.get(DISABLED_REASON)),
                row.get(FORCED_DOWN),
                row.get(ZONE),
                Documents.readShared(row.get(INVENTORY), HostInventory.class),
                Instant.ofEpochMilli(row.get(CREATED_AT)),
                Instant.ofEpochMilli(row.get(UPDATED_AT)),
                Optional.ofNullable(heard.get(host)).map(Heard::at));
    }
}
