package io.kilonova.http;

import tools.jackson.databind.JsonNode;

/**
 * The body and query schemas of one service: JSON Schema files on the class path, one a body, whose parts may say from
 * which and until which microversion they hold. They are materialised for a version when it is first asked for.
 */
public final class SchemaLibrary {
    private final String folder;

    /**
     * A library.
     *
     * @param folder on the class path, for example {@code schemas/compute}
     */
    public SchemaLibrary(String folder) {
        this.folder = folder;
    }

    /**
     * Refuses a body that its schema does not allow.
     *
     * @param name file name without ending, for example {@code servers/create}
     * @throws io.kilonova.errors.ServiceException {@link HttpError#BODY_INVALID} in the words that OpenStack's clients know
     */
    public void checkBody(String name, Microversion version, JsonNode body) {
        throw new UnsupportedOperationException(folder + "/" + name);
    }

    /**
     * Refuses a query that its schema does not allow, and drops what the schema does not name where it allows more.
     *
     * @throws io.kilonova.errors.ServiceException {@link HttpError#QUERY_INVALID}
     */
    public Query checkQuery(String name, Microversion version, Query query) {
        throw new UnsupportedOperationException(folder + "/" + name);
    }
}
