package io.kilonova.identity;

import static io.kilonova.identity.ResourceKind.EXTRA;
import static io.kilonova.identity.ResourceKind.ID;

import io.kilonova.errors.ServiceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.exception.IntegrityConstraintViolationException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Keeps resources in their tables. */
final class ResourceStore {
    private static final JsonMapper JSON = JsonMapper.shared();

    private ResourceStore() {}

    /** A resource by id. */
    static Optional<Resource> find(DSLContext sql, ResourceKind kind, String id) {
        return first(sql, kind, ID.eq(id));
    }

    /**
     * A resource by id.
     *
     * @throws ServiceException {@link IdentityError#NOT_FOUND}
     */
    static Resource get(DSLContext sql, ResourceKind kind, String id) {
        return find(sql, kind, id).orElseThrow(() -> notFound(kind, id));
    }

    /** A resource by a condition that one row at most fulfils. */
    static Optional<Resource> first(DSLContext sql, ResourceKind kind, Condition condition) {
        return sql
                .select(columns(kind))
                .from(kind.table())
                .where(kind.rows())
                .and(condition)
                .limit(1)
                .fetch(row -> read(kind, row))
                .stream()
                .findFirst();
    }

    /** The resources after an id, in the order of ids. */
    static List<Resource> page(DSLContext sql, ResourceKind kind, Condition condition, String afterId, int limit) {
        return sql.select(columns(kind))
                .from(kind.table())
                .where(kind.rows())
                .and(condition)
                .and(ID.gt(afterId))
                .orderBy(ID)
                .limit(limit)
                .fetch(row -> read(kind, row));
    }

    /**
     * Stores a new one.
     *
     * @throws ServiceException {@link IdentityError#CONFLICT} when its id or name is taken
     */
    static void insert(DSLContext sql, Resource resource) {
        Map<Field<?>, Object> row = row(resource);
        row.put(ID, resource.id());
        int stored = sql.insertInto(resource.kind().table())
                .set(row)
                .onConflictDoNothing()
                .execute();
        if (stored == 0) {
            throw conflict(resource);
        }
    }

    /**
     * Stores a changed one.
     *
     * @throws ServiceException {@link IdentityError#CONFLICT} when its new name is taken
     */
    static void update(DSLContext sql, Resource resource) {
        try {
            sql.update(resource.kind().table())
                    .set(row(resource))
                    .where(ID.eq(resource.id()))
                    .execute();
        } catch (IntegrityConstraintViolationException exception) {
            throw conflict(resource);
        }
    }

    /** Removes one. */
    static void delete(DSLContext sql, Resource resource) {
        sql.deleteFrom(resource.kind().table()).where(ID.eq(resource.id())).execute();
    }

    /** The error for an id that is not there. */
    static ServiceException notFound(ResourceKind kind, String id) {
        return IdentityError.NOT_FOUND.with(kind.singular(), id.length() > 64 ? id.substring(0, 64) : id);
    }

    private static ServiceException conflict(Resource resource) {
        ResourceKind kind = resource.kind();
        String name = resource.text("name");
        String domain = resource.text("domain_id");
        String detail = switch (kind) {
            case DOMAIN -> "it is not permitted to have two projects acting as domains with the same name: " + name;
            case PROJECT, USER, GROUP -> "Duplicate entry found with name %s at domain ID %s".formatted(name, domain);
            case ROLE ->
                domain.isEmpty()
                        ? "Duplicate entry found with name " + name
                        : "Duplicate entry found with name %s at domain ID %s".formatted(name, domain);
            case REGION, SERVICE, ENDPOINT, CREDENTIAL -> "Duplicate ID, " + resource.id();
        };
        return IdentityError.CONFLICT.with(kind.singular(), detail);
    }

    private static List<Field<?>> columns(ResourceKind kind) {
        List<Field<?>> columns = new ArrayList<>(List.of(ID, EXTRA));
        kind.attributes().forEach(attribute -> columns.add(attribute.column()));
        return columns;
    }

    private static Resource read(ResourceKind kind, Record row) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Attribute attribute : kind.attributes()) {
            Object value = row.get(attribute.column());
            // Nothing in the tables is null: what may be absent is an empty text.
            if (value != null && !(attribute.nullable() && value.equals(""))) {
                values.put(attribute.name(), value);
            }
        }
        return new Resource(kind, row.get(ID), values, (ObjectNode) JSON.readTree(row.get(EXTRA)));
    }

    private static Map<Field<?>, Object> row(Resource resource) {
        Map<Field<?>, Object> row = new HashMap<>();
        for (Attribute attribute : resource.kind().attributes()) {
            Object value = resource.values().get(attribute.name());
            row.put(attribute.column(), value == null ? attribute.initial() : value);
        }
        row.put(EXTRA, JSON.writeValueAsString(resource.extra()));
        return row;
    }
}
