package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.storage.Database;
import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.Transaction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * How much each project may have, and has. Usage is counted in the transaction that makes or removes a server, on one row of
 * the project, so two requests at once cannot both pass the limit.
 */
public final class Quotas {
    private static final Table<Record> LIMITS = table(name("quota_limits"));
    private static final Table<Record> USAGES = table(name("quota_usages"));
    private static final Field<String> PROJECT_ID = field(name("project_id"), String.class);
    private static final Field<String> RESOURCE = field(name("resource"), String.class);
    private static final Field<Long> MAXIMUM = field(name("maximum"), Long.class);
    private static final Field<Long> INSTANCES = field(name("instances"), Long.class);
    private static final Field<Long> CORES = field(name("cores"), Long.class);
    private static final Field<Long> RAM = field(name("ram_mebibytes"), Long.class);

    /** The project id under which an operator's own defaults stand ({@code os-quota-class-sets/default}). */
    private static final String DEFAULTS = "";

    private static final FixedStatement BEGIN = FixedStatement.of(sql -> sql.insertInto(USAGES)
            .columns(PROJECT_ID, INSTANCES, CORES, RAM)
            .values("", 0L, 0L, 0L)
            .onConflict(PROJECT_ID)
            .doNothing());
    private static final FixedStatement ADD = FixedStatement.of(
            "UPDATE quota_usages SET instances = instances + ?, cores = cores + ?, ram_mebibytes = ram_mebibytes + ?"
                    + " WHERE project_id = ? RETURNING instances, cores, ram_mebibytes",
            INSTANCES,
            CORES,
            RAM);
    private static final FixedStatement ADD_IF_IT_FITS = FixedStatement.of(
            "UPDATE quota_usages SET instances = instances + ?, cores = cores + ?, ram_mebibytes = ram_mebibytes + ?"
                    + " WHERE project_id = ? AND instances <= ? AND cores <= ? AND ram_mebibytes <= ?");
    private static final FixedStatement FIND_LIMITS = FixedStatement.of(sql -> sql.select(PROJECT_ID, RESOURCE, MAXIMUM)
            .from(LIMITS)
            .where(PROJECT_ID.in("", ""))
            .orderBy(PROJECT_ID));

    private static final FixedStatement LOCK = FixedStatement.of(
            "SELECT 1 AS locked FROM pg_advisory_xact_lock(hashtextextended(?, CAST(? AS BIGINT)))",
            field(name("locked"), Long.class));

    /** The number space of these locks, beside those of operations. */
    private static final int LOCKS = 16;

    private final Database database;
    private final Map<QuotaResource, Long> configured;

    /**
     * What a project's servers use.
     *
     * @param instances servers
     * @param cores processors
     * @param ramMebibytes memory
     */
    public record Usage(long instances, long cores, long ramMebibytes) {
        /** What is used of one resource; those that are counted nowhere (key pairs are each user's) show as 0, as in Nova. */
        public long of(QuotaResource resource) {
            return switch (resource) {
                case INSTANCES -> instances;
                case CORES -> cores;
                case RAM -> ramMebibytes;
                case KEY_PAIRS,
                        METADATA_ITEMS,
                        SERVER_GROUPS,
                        SERVER_GROUP_MEMBERS,
                        INJECTED_FILES,
                        INJECTED_FILE_CONTENT_BYTES,
                        INJECTED_FILE_PATH_BYTES -> 0;
            };
        }

        Usage plus(Usage more) {
            return new Usage(instances + more.instances, cores + more.cores, ramMebibytes + more.ramMebibytes);
        }

        Usage times(long count) {
            return new Usage(instances * count, cores * count, ramMebibytes * count);
        }

        /** How much more a server of one size needs than one of another, where it needs more. */
        Usage beyond(Usage other) {
            return new Usage(0, Math.max(0, cores - other.cores), Math.max(0, ramMebibytes - other.ramMebibytes));
        }
    }

    /** Quotas in {@code database}; {@code configured} are the limits of whoever has no other. */
    public Quotas(Database database, Map<QuotaResource, Long> configured) {
        this.database = database;
        this.configured = new EnumMap<>(configured);
    }

    /** The limits of everybody who has no other; -1 is without limit. */
    public Map<QuotaResource, Long> defaults() {
        return limits(DEFAULTS);
    }

    /** The limits of a project; -1 is without limit. */
    public Map<QuotaResource, Long> limits(String projectId) {
        return limits(database.fetch(asked(projectId)));
    }

    /** What a project's servers use now. */
    public Usage usage(String projectId) {
        return database.read(sql -> usage(sql, projectId));
    }

    /**
     * Has others that add to what somebody has of a resource wait until this transaction ends, so that the count that follows
     * is the last word. With SQLite transactions come one after the other anyway.
     */
    static void lock(Transaction transaction, QuotaResource resource, String owner) {
        if (transaction.sql().dialect().family() == SQLDialect.POSTGRES) {
            LOCK.fetch(transaction.sql(), resource.label() + " " + owner, LOCKS);
        }
    }

    /** Sets limits of a project, also below what it has already. */
    public void set(String projectId, Map<QuotaResource, Long> limits) {
        database.change(transaction -> write(transaction, projectId, limits));
    }

    /**
     * Sets limits of a project, none below what it has already.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#QUOTA_BELOW_USAGE}
     */
    public void setAboveUsage(String projectId, Map<QuotaResource, Long> limits) {
        database.change(transaction -> {
            Usage used = usage(transaction.sql(), projectId);
            limits.forEach((resource, maximum) -> {
                if (maximum >= 0 && maximum < used.of(resource)) {
                    throw CatalogueError.QUOTA_BELOW_USAGE.with(maximum, resource.label(), used.of(resource));
                }
            });
            write(transaction, projectId, limits);
        });
    }

    private static void write(Transaction transaction, String projectId, Map<QuotaResource, Long> limits) {
        limits.forEach((resource, maximum) -> transaction
                .sql()
                .insertInto(LIMITS)
                .columns(PROJECT_ID, RESOURCE, MAXIMUM)
                .values(projectId, resource.label(), maximum)
                .onConflict(PROJECT_ID, RESOURCE)
                .doUpdate()
                .set(MAXIMUM, maximum)
                .execute());
    }

    /** Sets the limits of everybody who has no other. */
    public void setDefaults(Map<QuotaResource, Long> limits) {
        set(DEFAULTS, limits);
    }

    /** Gives a project the defaults again. */
    public void reset(String projectId) {
        database.change(transaction -> transaction
                .sql()
                .deleteFrom(LIMITS)
                .where(PROJECT_ID.eq(projectId))
                .execute());
    }

    /**
     * Takes what servers need, between {@code least} and {@code most} of them, as many as the limits allow.
     *
     * @param limits of the project
     * @param each what one server needs
     * @return how many servers there is room for
     * @throws io.kilonova.errors.ServiceException {@link ServerError#QUOTA_EXCEEDED} when not even {@code least} fit
     */
    static int take(
            Transaction transaction,
            String projectId,
            Map<QuotaResource, Long> limits,
            Usage each,
            int least,
            int most) {
        Usage used = add(transaction, projectId, each.times(most)).plus(each.times(-most));
        long count = Math.min(
                Math.min(room(limits, QuotaResource.INSTANCES, used.instances(), each.instances()), most),
                Math.min(
                        room(limits, QuotaResource.CORES, used.cores(), each.cores()),
                        room(limits, QuotaResource.RAM, used.ramMebibytes(), each.ramMebibytes())));
        if (count < least) {
            throw exceeded(limits, used, each, most);
        }
        if (count < most) {
            add(transaction, projectId, each.times(count - most));
        }
        return (int) count;
    }

    /**
     * Takes {@code all} with the transaction's commit, so that the project's other requests wait for nothing else; if it does not
     * fit, or nobody took anything for the project before, the transaction fails with
     * {@link io.kilonova.storage.StorageError#ROW_NOT_FOUND}, and {@link #take} says why.
     */
    static void takeLater(Transaction transaction, String projectId, Map<QuotaResource, Long> limits, Usage all) {
        ADD_IF_IT_FITS.requireLater(
                transaction.sql(),
                all.instances(),
                all.cores(),
                all.ramMebibytes(),
                projectId,
                highest(limits, QuotaResource.INSTANCES, all.instances()),
                highest(limits, QuotaResource.CORES, all.cores()),
                highest(limits, QuotaResource.RAM, all.ramMebibytes()));
    }

    /** The most that may be used already when {@code amount} is to be added. */
    private static long highest(Map<QuotaResource, Long> limits, QuotaResource resource, long amount) {
        long limit = limits.getOrDefault(resource, -1L);
        return limit < 0 || amount == 0 ? Long.MAX_VALUE : limit - amount;
    }

    /** Gives back what a server used. */
    void release(Transaction transaction, String projectId, Usage each) {
        add(transaction, projectId, each.times(-1));
    }

    static Usage of(Flavor flavor) {
        return new Usage(1, flavor.virtualCpus(), flavor.memoryMebibytes());
    }

    /** Changes what a project uses; what that is now. Its row is held until the transaction ends. */
    private static Usage add(Transaction transaction, String projectId, Usage change) {
        return tryAdd(transaction, projectId, change).orElseGet(() -> {
            BEGIN.execute(transaction.sql(), projectId, 0L, 0L, 0L);
            return tryAdd(transaction, projectId, change).orElseThrow();
        });
    }

    private static Optional<Usage> tryAdd(Transaction transaction, String projectId, Usage change) {
        return ADD.fetchOptional(
                        transaction.sql(), change.instances(), change.cores(), change.ramMebibytes(), projectId)
                .map(row -> new Usage(row.get(INSTANCES), row.get(CORES), row.get(RAM)));
    }

    private static long room(Map<QuotaResource, Long> limits, QuotaResource resource, long used, long each) {
        long limit = limits.getOrDefault(resource, -1L);
        return limit < 0 || each == 0 ? Integer.MAX_VALUE : Math.max(0, (limit - used) / each);
    }

    private static RuntimeException exceeded(Map<QuotaResource, Long> limits, Usage used, Usage each, int count) {
        List<String> overs = new ArrayList<>();
        List<String> requested = new ArrayList<>();
        List<String> already = new ArrayList<>();
        List<String> allowed = new ArrayList<>();
        record Line(QuotaResource resource, long used, long each) {}
        for (Line line : List.of(
                new Line(QuotaResource.CORES, used.cores(), each.cores()),
                new Line(QuotaResource.INSTANCES, used.instances(), each.instances()),
                new Line(QuotaResource.RAM, used.ramMebibytes(), each.ramMebibytes()))) {
            if (room(limits, line.resource(), line.used(), line.each()) < count) {
                overs.add(line.resource().label());
                requested.add(String.valueOf(line.each() * count));
                already.add(String.valueOf(line.used()));
                allowed.add(String.valueOf(limits.get(line.resource())));
            }
        }
        String names = String.join(", ", overs);
        return ServerError.QUOTA_EXCEEDED.with(
                names, String.join(", ", requested), String.join(", ", already), String.join(", ", allowed), names);
    }

    /** What {@link #limits(String)} asks the database. */
    static FixedStatement.Asked asked(String projectId) {
        return FIND_LIMITS.with(DEFAULTS, projectId);
    }

    /** The limits that were asked for. */
    Map<QuotaResource, Long> limits(Result<Record> found) {
        Map<QuotaResource, Long> result = new EnumMap<>(configured);
        found.forEach(row ->
                QuotaResource.named(row.get(RESOURCE)).ifPresent(resource -> result.put(resource, row.get(MAXIMUM))));
        return result;
    }

    /** What is written down as used, of the {@code count} projects whose ids follow {@code after}. */
    public static SortedMap<String, Usage> written(DSLContext sql, String after, int count) {
        SortedMap<String, Usage> usages = new TreeMap<>();
        sql.select(PROJECT_ID, INSTANCES, CORES, RAM)
                .from(USAGES)
                .where(PROJECT_ID.gt(after))
                .orderBy(PROJECT_ID)
                .limit(count)
                .forEach(row -> usages.put(row.value1(), new Usage(row.value2(), row.value3(), row.value4())));
        return usages;
    }

    /** What the servers of projects use, and what their moves hold for them, counted anew: of those that follow {@code after}, up to {@code last} with it. */
    public static Map<String, Usage> counted(DSLContext sql, String after, Optional<String> last) {
        Map<String, Usage> usages = new TreeMap<>();
        sql.select(ServerColumns.PROJECT_ID, ServerColumns.FLAVOR, DSL.count())
                .from(ServerColumns.SERVERS)
                .where(ServerColumns.PROJECT_ID.gt(after))
                .and(last.map(ServerColumns.PROJECT_ID::le).orElse(DSL.trueCondition()))
                .groupBy(ServerColumns.PROJECT_ID, ServerColumns.FLAVOR)
                .forEach(row -> usages.merge(
                        row.value1(),
                        of(Documents.readShared(row.value2(), Flavor.class)).times(row.value3()),
                        Usage::plus));
        Migrations.held(sql, after, last).forEach((project, held) -> usages.merge(project, held, Usage::plus));
        return usages;
    }

    private static Usage usage(DSLContext sql, String projectId) {
        Optional<Usage> found = sql.select(INSTANCES, CORES, RAM)
                .from(USAGES)
                .where(PROJECT_ID.eq(projectId))
                .fetchOptional(row -> new Usage(row.value1(), row.value2(), row.value3()));
        return found.orElse(new Usage(0, 0, 0));
    }
}
