package io.kilonova.servers;

import static io.kilonova.servers.ServerColumns.ID;
import static io.kilonova.servers.ServerColumns.LAUNCHED_AT;
import static io.kilonova.servers.ServerColumns.PROJECT_ID;
import static io.kilonova.servers.ServerColumns.SERVERS;

import io.kilonova.storage.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.impl.DSL;

/** Which servers ran in a time: those that are there, and those that are gone and still remembered. */
public final class TenantUsages {
    private static final List<SelectFieldOrAsterisk> COLUMNS = List.copyOf(ServerColumns.ALL);

    private final Database database;

    /** The usage of the servers in {@code database}. */
    public TenantUsages(Database database) {
        this.database = database;
    }

    /**
     * Which time, whose, and how much of the list.
     *
     * @param projectId one project, or all
     * @param start of the time
     * @param stop its end
     * @param marker the id of the last server of the page before
     * @param limit at most so many
     */
    public record Period(Optional<String> projectId, Instant start, Instant stop, Optional<String> marker, int limit) {}

    /**
     * The servers that were there in a time, by their ids.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#USAGE_MARKER_NOT_FOUND}
     */
    public List<ServerUse> list(Period period) {
        return database.read(sql -> {
            period.marker().filter(id -> !known(sql, period, id)).ifPresent(id -> {
                throw CatalogueError.USAGE_MARKER_NOT_FOUND.with(id);
            });
            List<ServerUse> uses = new ArrayList<>(present(sql, period));
            uses.addAll(DeletedServers.launchedWithin(sql, period));
            uses.sort(Comparator.comparing(use -> use.server().id()));
            return List.copyOf(uses.subList(0, Math.min(uses.size(), period.limit())));
        });
    }

    /** Another project's server is as unknown as one that never was. */
    private static boolean known(DSLContext sql, Period period, String id) {
        Condition server = ID.eq(id).and(whose(period));
        return sql.fetchExists(SERVERS, server) || DeletedServers.remembers(sql, server);
    }

    private static List<ServerUse> present(DSLContext sql, Period period) {
        return sql.select(COLUMNS)
                .from(SERVERS)
                .where(LAUNCHED_AT.le(period.stop().toEpochMilli()))
                .and(of(period))
                .orderBy(ID)
                .limit(period.limit())
                .fetch(row -> new ServerUse(ServerRows.read(row), Optional.empty()));
    }

    /** The project and the place in the list, of either table: both name these columns alike. */
    static Condition of(Period period) {
        Condition project = whose(period);
        return period.marker().<Condition>map(ID::gt).map(project::and).orElse(project);
    }

    private static Condition whose(Period period) {
        return period.projectId().map(PROJECT_ID::eq).orElse(DSL.trueCondition());
    }
}
