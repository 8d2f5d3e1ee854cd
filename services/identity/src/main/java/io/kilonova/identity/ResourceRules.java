package io.kilonova.identity;

import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.util.List;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** What a kind of resource has beyond its table of attributes. Each part does nothing unless a kind says otherwise. */
interface ResourceRules {
    /** A further condition of lists, from query parameters of its own or from who asks. */
    default Condition narrow(Request request) {
        return DSL.noCondition();
    }

    /** Completes a new or changed resource before any transaction: here passwords are hashed, which takes long. */
    default Resource prepare(Request request, Resource resource) {
        return resource;
    }

    /** Refuses requests that remove, by what is known of their token beyond its roles. */
    default void permitRemoval(Request request) {}

    /** Checks and completes a new resource within its transaction. */
    default Resource creating(DSLContext sql, Resource resource) {
        return resource;
    }

    /** Checks a change within its transaction. */
    default Resource changing(DSLContext sql, Resource old, Resource changed) {
        return changed;
    }

    /** Checks a removal, and removes what cannot be without the resource. */
    default void deleting(DSLContext sql, Resource resource) {}

    /** Writes fields beyond the attributes. */
    default void write(JsonWriter json, Resource resource) {}

    /** The names of query parameters that {@link #narrow} reads. */
    default List<String> parameters() {
        return List.of();
    }
}
