package io.kilonova.networks;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.kilonova.access.Visibility;
import io.kilonova.storage.RowLock;
import io.kilonova.storage.Transaction;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The rows of networks and what belongs to them. */
final class ResourceStore {
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final Table<Record> RESOURCES = table(name("network_resources"));
    private static final Field<String> KIND = field(name("kind"), String.class);
    private static final Field<String> ID = field(name("id"), String.class);
    private static final Field<String> PROJECT_ID = field(name("project_id"), String.class);
    private static final Field<String> NAME = field(name("name"), String.class);
    private static final Field<String> PARENT_ID = field(name("parent_id"), String.class);
    private static final Field<String> DEVICE_ID = field(name("device_id"), String.class);
    private static final Field<Boolean> SHARED = field(name("shared"), Boolean.class);
    private static final Field<String> DOCUMENT = field(name("document"), String.class);
    private static final Field<Long> CREATED_AT = field(name("created_at"), Long.class);
    private static final Field<Long> UPDATED_AT = field(name("updated_at"), Long.class);
    private static final Field<Long> REVISION = field(name("revision"), Long.class);

    private final InstantSource clock;

    ResourceStore(InstantSource clock) {
        this.clock = clock;
    }

    /** The resource of an id, if whoever asks may see it. */
    Optional<Resource> find(DSLContext sql, Kind kind, Visibility visibility, String id) {
        return sql.selectFrom(RESOURCES).where(is(kind, visibility, id)).fetchOptional(ResourceStore::read);
    }

    /**
     * The resource of an id, to which something is about to refer: it stays until the transaction ends. Many keep it at once, and
     * who changes it does not wait for them.
     *
     * @throws io.kilonova.errors.ServiceException the kind's own not-found
     */
    Resource keep(Transaction transaction, Kind kind, Visibility visibility, String id) {
        return RowLock.againstRemoval(
                        transaction.sql(),
                        transaction.sql().selectFrom(RESOURCES).where(is(kind, visibility, id)))
                .fetchOptional(ResourceStore::read)
                .orElseThrow(() -> kind.notFound().with(id));
    }

    /** Those that belong to something, each kept. */
    List<Resource> keepAllOf(Transaction transaction, Kind kind, String parentId) {
        return RowLock.againstRemoval(
                        transaction.sql(),
                        transaction
                                .sql()
                                .selectFrom(RESOURCES)
                                .where(KIND.eq(kind.name()).and(PARENT_ID.eq(parentId)))
                                .orderBy(CREATED_AT, ID))
                .fetch(ResourceStore::read);
    }

    private static Condition is(Kind kind, Visibility visibility, String id) {
        return KIND.eq(kind.name()).and(ID.eq(id)).and(seen(kind, visibility));
    }

    /**
     * The resource of an id.
     *
     * @throws io.kilonova.errors.ServiceException the kind's own not-found, also for another tenant's
     */
    Resource get(DSLContext sql, Kind kind, Visibility visibility, String id) {
        return find(sql, kind, visibility, id).orElseThrow(() -> kind.notFound().with(id));
    }

    /** The resource of an id, whose-ever. */
    Resource get(DSLContext sql, Kind kind, String id) {
        return get(sql, kind, Visibility.everything(), id);
    }

    /** All of a kind that whoever asks may see, in the order in which they were made. */
    List<Resource> list(DSLContext sql, Kind kind, Visibility visibility, Condition more) {
        return sql.selectFrom(RESOURCES)
                .where(KIND.eq(kind.name()).and(seen(kind, visibility)).and(more))
                .orderBy(CREATED_AT, ID)
                .fetch(ResourceStore::read);
    }

    /** Those that belong to something: ports and subnets to a network, rules to a group. */
    List<Resource> of(DSLContext sql, Kind kind, String parentId) {
        return list(sql, kind, Visibility.everything(), PARENT_ID.eq(parentId));
    }

    /** Those that serve something: a device's ports, a port's floating IPs. */
    List<Resource> serving(DSLContext sql, Kind kind, String deviceId) {
        return list(sql, kind, Visibility.everything(), DEVICE_ID.eq(deviceId));
    }

    /** Those of a name in a project. */
    List<Resource> named(DSLContext sql, Kind kind, Visibility visibility, String name) {
        return list(sql, kind, visibility, NAME.eq(name));
    }

    /** Those whose document has this id somewhere; the caller looks where. */
    List<Resource> mentioning(DSLContext sql, Kind kind, String id) {
        return list(sql, kind, Visibility.everything(), DOCUMENT.like("%\"" + id + "\"%"));
    }

    /** The same of those that belong to one other resource, as ports do to their network: only these are read. */
    List<Resource> mentioning(DSLContext sql, Kind kind, Resource parent, String id) {
        return list(
                sql, kind, Visibility.everything(), PARENT_ID.eq(parent.id()).and(DOCUMENT.like("%\"" + id + "\"%")));
    }

    /** The networks that more projects than their own see. */
    List<Resource> shared(DSLContext sql) {
        return list(sql, Kind.NETWORK, Visibility.everything(), SHARED.isTrue());
    }

    /** How many of a kind a project has. */
    int count(DSLContext sql, Kind kind, String projectId) {
        return sql.fetchCount(RESOURCES, KIND.eq(kind.name()).and(PROJECT_ID.eq(projectId)));
    }

    /** Holds a resource until the transaction's end: others that hold, change or remove it wait. It is as it was read. */
    void hold(Transaction transaction, Resource resource) {
        requireAsRead(transaction
                .sql()
                .update(RESOURCES)
                .set(REVISION, REVISION)
                .where(asRead(resource))
                .execute());
    }

    /** Writes a new resource, unless another transaction made it meanwhile. */
    Resource insert(Transaction transaction, Kind kind, String id, String projectId, ObjectNode document) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        Resource resource = new Resource(kind, id, projectId, document, now, now, 0);
        requireAsRead(transaction
                .sql()
                .insertInto(RESOURCES)
                .columns(
                        KIND,
                        ID,
                        PROJECT_ID,
                        NAME,
                        PARENT_ID,
                        DEVICE_ID,
                        SHARED,
                        DOCUMENT,
                        CREATED_AT,
                        UPDATED_AT,
                        REVISION)
                .values(
                        kind.name(),
                        id,
                        projectId,
                        resource.text("name"),
                        resource.parentId(),
                        resource.deviceId(),
                        resource.shared(),
                        MAPPER.writeValueAsString(document),
                        now.toEpochMilli(),
                        now.toEpochMilli(),
                        0L)
                .onConflictDoNothing()
                .execute());
        return resource;
    }

    /** Writes a changed resource, of which nobody has changed or removed what was read. */
    Resource update(Transaction transaction, Resource changed) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        requireAsRead(transaction
                .sql()
                .update(RESOURCES)
                .set(NAME, changed.text("name"))
                .set(DEVICE_ID, changed.deviceId())
                .set(SHARED, changed.shared())
                .set(DOCUMENT, MAPPER.writeValueAsString(changed.document()))
                .set(UPDATED_AT, now.toEpochMilli())
                .set(REVISION, REVISION.plus(1))
                .where(asRead(changed))
                .execute());
        return new Resource(
                changed.kind(),
                changed.id(),
                changed.projectId(),
                changed.document(),
                changed.createdAt(),
                now,
                changed.revision() + 1);
    }

    /**
     * Removes a resource, which is as it was read. Who checks that nothing refers to it does so afterwards: what keeps or holds
     * it was waited for then, and is seen.
     */
    void delete(Transaction transaction, Resource resource) {
        requireAsRead(
                transaction.sql().deleteFrom(RESOURCES).where(asRead(resource)).execute());
    }

    private static Condition asRead(Resource resource) {
        return KIND.eq(resource.kind().name()).and(ID.eq(resource.id())).and(REVISION.eq(resource.revision()));
    }

    /** A document is written whole: over one that another transaction changed since, its change would be lost. */
    private static void requireAsRead(int rows) {
        if (rows == 0) {
            throw RowLock.overtaken();
        }
    }

    /** Narrows a list by what stands in columns; what does not is left to the caller. */
    static Condition narrowed(String attribute, Collection<String> values) {
        return switch (attribute) {
            case "id" -> ID.in(values);
            case "name" -> NAME.in(values);
            case "project_id", "tenant_id" -> PROJECT_ID.in(values);
            case "network_id", "security_group_id", "floating_network_id" -> PARENT_ID.in(values);
            case "device_id" -> DEVICE_ID.in(values);
            default -> DSL.trueCondition();
        };
    }

    /** A tenant sees their own, shared and external networks, and the subnets of shared ones. */
    private static Condition seen(Kind kind, Visibility visibility) {
        if (visibility.projectId().isEmpty()) {
            return DSL.trueCondition();
        }
        Condition own = PROJECT_ID.eq(visibility.projectId().get());
        return switch (kind) {
            case NETWORK, SUBNET_POOL -> own.or(SHARED.isTrue());
            case SUBNET -> {
                Table<Record> networks = RESOURCES.as("shared_networks");
                yield own.or(PARENT_ID.in(DSL.select(field(name("shared_networks", "id"), String.class))
                        .from(networks)
                        .where(field(name("shared_networks", "kind"), String.class)
                                .eq(Kind.NETWORK.name()))
                        .and(field(name("shared_networks", "shared"), Boolean.class)
                                .isTrue())
                        // Of an external network that is not shared only the network is seen.
                        .and(field(name("shared_networks", "document"), String.class)
                                .like("%\"shared\":true%"))));
            }
            case PORT, SECURITY_GROUP, SECURITY_GROUP_RULE, ROUTER, FLOATING_IP -> own;
        };
    }

    private static Resource read(Record row) {
        return new Resource(
                Kind.valueOf(row.get(KIND)),
                row.get(ID),
                row.get(PROJECT_ID),
                (ObjectNode) MAPPER.readTree(row.get(DOCUMENT)),
                Instant.ofEpochMilli(row.get(CREATED_AT)),
                Instant.ofEpochMilli(row.get(UPDATED_AT)),
                row.get(REVISION));
    }
}
