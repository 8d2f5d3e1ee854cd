package io.kilonova.servers;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.access.Visibility;
import io.kilonova.scheduling.GroupPolicy;
import io.kilonova.scheduling.ServerGroup;
import io.kilonova.storage.Database;
import io.kilonova.storage.FixedStatement;
import io.kilonova.storage.RowLock;
import io.kilonova.storage.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * The groups of servers that are kept together or apart. Whoever makes a member or gives one a host locks the group's row
 * first, so that two at once see each other.
 */
public final class ServerGroups {
    /** The scheduler hint that names the group of a new server. */
    static final String HINT = "group";

    private static final Table<Record> GROUPS = table(name("server_groups"));
    private static final Field<String> ID = field(name("id"), String.class);
    private static final Field<Long> NUMBER = field(name("number"), Long.class);
    private static final Field<String> PROJECT_ID = field(name("project_id"), String.class);
    private static final Field<String> USER_ID = field(name("user_id"), String.class);
    private static final Field<String> NAME = field(name("name"), String.class);
    private static final Field<String> POLICY = field(name("policy"), String.class);
    private static final Field<Long> MAXIMUM = field(name("maximum_per_host"), Long.class);

    private static final Table<Record> MEMBERS = table(name("server_group_members"));
    private static final Field<String> SERVER_ID = field(name("server_id"), String.class);
    private static final Field<String> GROUP_ID = field(name("group_id"), String.class);

    private static final Table<Record> HELD = table(name("held"));

    /** Whether a host takes servers, and with it the locked group of a server, if it has one: one journey for both. */
    private static final FixedStatement HOST_AND_LOCKED_GROUP = FixedStatement.of(sql -> sql.with(
                    "held", "group_id", "policy", "maximum_per_host")
            .as(RowLock.of(
                    sql,
                    sql.select(ID, POLICY, MAXIMUM)
                            .from(GROUPS)
                            .where(ID.in(DSL.select(GROUP_ID).from(MEMBERS).where(SERVER_ID.eq(""))))))
            .select(ComputeHosts.TAKES_SERVERS, GROUP_ID, POLICY, MAXIMUM)
            .from(ComputeHosts.HOSTS)
            .leftJoin(HELD)
            .on(DSL.trueCondition())
            .where(ComputeHosts.HOST.eq("")));

    private final Database database;

    /** The groups in {@code database}. */
    public ServerGroups(Database database) {
        this.database = database;
    }

    /**
     * Makes a group without members.
     *
     * @param wanted the group; its id and members are of no account
     * @param limit how many groups the project may have; -1 for any number
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#GROUPS_TOO_MANY}, {@link CatalogueError#GROUP_RULES_INVALID}
     */
    public ServerGroupRow create(ServerGroupRow wanted, long limit) {
        if (wanted.maximumPerHost().isPresent() && wanted.policy() != GroupPolicy.ANTI_AFFINITY) {
            throw CatalogueError.GROUP_RULES_INVALID.with();
        }
        String id = UUID.randomUUID().toString();
        return database.write(transaction -> {
            long number = ServerStore.take(transaction, "server_groups");
            Quotas.lock(transaction, QuotaResource.SERVER_GROUPS, wanted.projectId());
            if (limit >= 0 && transaction.sql().fetchCount(GROUPS, PROJECT_ID.eq(wanted.projectId())) >= limit) {
                throw CatalogueError.GROUPS_TOO_MANY.with();
            }
            transaction
                    .sql()
                    .insertInto(GROUPS)
                    .columns(ID, NUMBER, PROJECT_ID, USER_ID, NAME, POLICY, MAXIMUM)
                    .values(
                            id,
                            number,
                            wanted.projectId(),
                            wanted.userId(),
                            wanted.name(),
                            wanted.policy().label(),
                            wanted.maximumPerHost().map(Integer::longValue).orElse(null))
                    .execute();
            return get(transaction.sql(), Visibility.everything(), id);
        });
    }

    /** A page of the groups that {@code visibility} sees, in the order in which they were made. */
    public List<ServerGroupRow> list(Visibility visibility, int limit, int offset) {
        return database.read(sql -> withMembers(
                sql,
                sql.selectFrom(GROUPS)
                        .where(seen(visibility))
                        .orderBy(NUMBER)
                        .limit(limit)
                        .offset(offset)
                        .fetch()));
    }

    /**
     * One group.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#GROUP_NOT_FOUND}, also for another tenant's
     */
    public ServerGroupRow get(Visibility visibility, String id) {
        return database.read(sql -> get(sql, visibility, id));
    }

    private static ServerGroupRow get(DSLContext sql, Visibility visibility, String id) {
        return withMembers(
                        sql,
                        sql.selectFrom(GROUPS)
                                .where(ID.eq(id).and(seen(visibility)))
                                .fetch())
                .stream()
                .findFirst()
                .orElseThrow(() -> CatalogueError.GROUP_NOT_FOUND.with(id));
    }

    /**
     * Forgets a group. Its servers stay, and stand to each other as they like.
     *
     * @throws io.kilonova.errors.ServiceException {@link CatalogueError#GROUP_NOT_FOUND}
     */
    public void delete(Visibility visibility, String id) {
        database.change(transaction -> {
            if (lock(transaction, ID.eq(id).and(seen(visibility))).isEmpty()) {
                throw CatalogueError.GROUP_NOT_FOUND.with(id);
            }
            transaction.sql().deleteFrom(MEMBERS).where(GROUP_ID.eq(id)).execute();
            transaction.sql().deleteFrom(GROUPS).where(ID.eq(id)).execute();
        });
    }

    /** The group that a server is in; costs nothing for those that asked for none. */
    public Optional<String> groupOf(Server server) {
        return server.settings().schedulerHints().containsKey(HINT)
                ? database.read(sql -> sql.select(GROUP_ID)
                        .from(MEMBERS)
                        .where(SERVER_ID.eq(server.id()))
                        .fetchOptional(GROUP_ID))
                : Optional.empty();
    }

    /**
     * Makes new servers members of a project's group.
     *
     * @param limit how many members a group may have; -1 for any number
     * @throws io.kilonova.errors.ServiceException {@link ServerError#GROUP_UNUSABLE}, {@link ServerError#GROUP_FULL}
     */
    void join(Transaction transaction, String projectId, String groupId, List<String> servers, long limit) {
        if (lock(transaction, ID.eq(groupId).and(PROJECT_ID.eq(projectId))).isEmpty()) {
            throw ServerError.GROUP_UNUSABLE.with(groupId);
        }
        int members = transaction.sql().fetchCount(MEMBERS, GROUP_ID.eq(groupId));
        if (limit >= 0 && members + servers.size() > limit) {
            throw ServerError.GROUP_FULL.with();
        }
        for (String server : servers) {
            transaction
                    .sql()
                    .insertInto(MEMBERS)
                    .columns(SERVER_ID, GROUP_ID)
                    .values(server, groupId)
                    .execute();
        }
    }

    /** The group of a server with where its other members are, for the scheduler. */
    Optional<ServerGroup> of(String serverId) {
        return database.read(sql -> sql.select()
                .from(GROUPS)
                .where(ID.in(DSL.select(GROUP_ID).from(MEMBERS).where(SERVER_ID.eq(serverId))))
                .fetchOptional(row -> new ServerGroup(
                        row.get(ID),
                        policy(row),
                        Optional.ofNullable(row.get(MAXIMUM)).orElse(1L).intValue(),
                        hosts(sql, row.get(ID), serverId))));
    }

    /**
     * Checks that a server may go to a host as far as the host's service and the server's group are concerned, inside the
     * transaction that puts it there: the group stays locked until its end.
     *
     * @param forced whether the host is asked for whatever its service is
     * @throws io.kilonova.errors.ServiceException {@link ServerError#HOST_CLOSED}, {@link ServerError#GROUP_FORBIDS}
     */
    void requireAllowed(Transaction transaction, String serverId, String host, boolean forced) {
        DSLContext sql = transaction.sql();
        Optional<Record> found = HOST_AND_LOCKED_GROUP.fetchOptional(sql, serverId, host);
        if (!forced && found.filter(row -> row.get(ComputeHosts.TAKES_SERVERS)).isEmpty()) {
            throw ServerError.HOST_CLOSED.with(host);
        }
        Optional<Record> locked = found.filter(row -> row.get(GROUP_ID) != null);
        if (locked.isEmpty()) {
            return;
        }
        Record group = locked.get();
        Map<String, Integer> members = hosts(sql, group.get(GROUP_ID), serverId);
        int there = members.getOrDefault(host, 0);
        boolean broken = switch (policy(group)) {
            case AFFINITY -> !members.isEmpty() && there == 0;
            case ANTI_AFFINITY ->
                there >= Optional.ofNullable(group.get(MAXIMUM)).orElse(1L);
            case SOFT_AFFINITY, SOFT_ANTI_AFFINITY -> false;
        };
        if (broken) {
            throw ServerError.GROUP_FORBIDS.with(policy(group).label());
        }
    }

    /**
     * Where the members of a group are, but for one, and where moves under way take them: such a one counts at both sides, for it
     * may end up at either.
     */
    private static Map<String, Integer> hosts(DSLContext sql, String groupId, String exceptServer) {
        Condition others = GROUP_ID.eq(groupId).and(SERVER_ID.ne(exceptServer));
        Map<String, Set<String>> sides =
                Migrations.destinations(sql, DSL.select(SERVER_ID).from(MEMBERS).where(others));
        sql.select(ServerColumns.ID, ServerColumns.HOST)
                .from(MEMBERS)
                .join(ServerColumns.SERVERS)
                .on(ServerColumns.ID.eq(SERVER_ID))
                .where(others)
                .and(ServerColumns.HOST.isNotNull())
                .forEach(row -> sides.computeIfAbsent(row.value1(), member -> new HashSet<>())
                        .add(row.value2()));
        Map<String, Integer> hosts = new HashMap<>();
        sides.values().forEach(member -> member.forEach(host -> hosts.merge(host, 1, Integer::sum)));
        return hosts;
    }

    private static Optional<Record> lock(Transaction transaction, Condition which) {
        return RowLock.of(
                        transaction.sql(),
                        transaction.sql().select().from(GROUPS).where(which))
                .fetchOptional();
    }

    private static Condition seen(Visibility visibility) {
        return visibility.projectId().map(PROJECT_ID::eq).orElse(DSL.trueCondition());
    }

    private static GroupPolicy policy(Record row) {
        return GroupPolicy.of(row.get(POLICY)).orElseThrow();
    }

    private static List<ServerGroupRow> withMembers(DSLContext sql, List<Record> rows) {
        Map<String, List<String>> members = sql.select(GROUP_ID, SERVER_ID)
                .from(MEMBERS)
                .where(GROUP_ID.in(rows.stream().map(row -> row.get(ID)).toList()))
                .orderBy(SERVER_ID)
                .fetchGroups(GROUP_ID, SERVER_ID);
        List<ServerGroupRow> groups = new ArrayList<>(rows.size());
        for (Record row : rows) {
            groups.add(new ServerGroupRow(
                    row.get(ID),
                    row.get(PROJECT_ID),
                    row.get(USER_ID),
                    row.get(NAME),
                    policy(row),
                    Optional.ofNullable(row.get(MAXIMUM)).map(Long::intValue),
                    members.getOrDefault(row.get(ID), List.of())));
        }
        return groups;
    }
}
