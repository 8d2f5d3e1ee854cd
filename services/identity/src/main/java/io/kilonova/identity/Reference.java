package io.kilonova.identity;

import io.kilonova.http.JsonWriter;

/**
 * An id with its name.
 *
 * @param id of a user, project, domain or role
 * @param name for people
 */
record Reference(String id, String name) {
    /** The two fields, within an object that is open. */
    void write(JsonWriter json) {
        json.field("id", id).field("name", name);
    }
}
