package io.kilonova.networks;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.storage.Transaction;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Table;

/** How many networks, ports, ... each project may have; -1 is without limit. */
final class NetworkQuotas {
    /** The limits of whoever has no other, in the order of the answer: those of Neutron. */
    static final Map<String, Long> DEFAULTS = defaults();

    private static final Table<Record> QUOTAS = table(name("network_quotas"));
    private static final Field<String> PROJECT_ID = field(name("project_id"), String.class);
    private static final Field<String> RESOURCE = field(name("resource"), String.class);
    private static final Field<Long> MAXIMUM = field(name("maximum"), Long.class);

    private final ResourceStore resources;

    NetworkQuotas(ResourceStore resources) {
        this.resources = resources;
    }

    private static Map<String, Long> defaults() {
        Map<String, Long> defaults = new LinkedHashMap<>();
        defaults.put("network", 100L);
        defaults.put("subnet", 100L);
        defaults.put("port", 500L);
        defaults.put("router", 10L);
        defaults.put("floatingip", 50L);
        defaults.put("security_group", 10L);
        defaults.put("security_group_rule", 100L);
        defaults.put("subnetpool", -1L);
        defaults.put("rbac_policy", 10L);
        return java.util.Collections.unmodifiableMap(defaults);
    }

    /** The limits of a project. */
    Map<String, Long> limits(DSLContext sql, String projectId) {
        Map<String, Long> limits = new LinkedHashMap<>(DEFAULTS);
        sql.select(RESOURCE, MAXIMUM)
                .from(QUOTAS)
                .where(PROJECT_ID.eq(projectId))
                .forEach(row -> limits.put(row.value1(), row.value2()));
        return limits;
    }

    /** The limits of each project that has its own. */
    Map<String, Map<String, Long>> changed(DSLContext sql) {
        Map<String, Map<String, Long>> result = new LinkedHashMap<>();
        sql.selectDistinct(PROJECT_ID)
                .from(QUOTAS)
                .orderBy(PROJECT_ID)
                .fetch(PROJECT_ID)
                .forEach(project -> result.put(project, limits(sql, project)));
        return result;
    }

    /** Sets limits of a project. */
    void set(Transaction transaction, String projectId, Map<String, Long> limits) {
        limits.forEach((resource, maximum) -> transaction
                .sql()
                .insertInto(QUOTAS)
                .columns(PROJECT_ID, RESOURCE, MAXIMUM)
                .values(projectId, resource, maximum)
                .onConflict(PROJECT_ID, RESOURCE)
                .doUpdate()
                .set(MAXIMUM, maximum)
                .execute());
    }

    /** Gives a project the defaults again. */
    void reset(Transaction transaction, String projectId) {
        transaction.sql().deleteFrom(QUOTAS).where(PROJECT_ID.eq(projectId)).execute();
    }

    /** How many of a resource a project has. */
    int used(DSLContext sql, String resource, String projectId) {
        for (Kind kind : Kind.values()) {
            if (kind.singular().equals(resource)) {
                return resources.count(sql, kind, projectId);
            }
        }
        return 0;
    }

    /**
     * Refuses one more than a project may have; called in the transaction that makes it.
     *
     * @throws io.kilonova.errors.ServiceException {@link NetworkError#OVER_QUOTA}
     */
    void require(Transaction transaction, Kind kind, String projectId) {
        long limit = limits(transaction.sql(), projectId).getOrDefault(kind.singular(), -1L);
        if (limit < 0) {
            return;
        }
        lock(transaction, kind, projectId);
        if (resources.count(transaction.sql(), kind, projectId) >= limit) {
            throw NetworkError.OVER_QUOTA.with(kind.singular());
        }
    }

    /** What is not there yet has no row to lock, and would not be counted by who makes another one at the same time. */
    private static void lock(Transaction transaction, Kind kind, String projectId) {
        if (transaction.sql().dialect() == SQLDialect.POSTGRES) {
            transaction
                    .sql()
                    .execute(
                            "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(?, 0))",
                            "quota of %s %s".formatted(projectId, kind));
        }
    }
}
