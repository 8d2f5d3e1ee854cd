package io.kilonova.identity;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A user or project as a request names it: by id, or by name within a domain.
 *
 * @param id when it was given
 * @param name when no id was given
 * @param domain of the name
 */
record Subject(Optional<String> id, Optional<String> name, Domain domain) {
    /**
     * A domain as a request names it.
     *
     * @param id when it was given
     * @param name when no id was given
     */
    record Domain(Optional<String> id, Optional<String> name) {
        /** Reads a domain's {@code id} or {@code name}. */
        static Domain read(JsonNode domain) {
            Optional<String> id = RequestBody.optionalText(domain, "id");
            Optional<String> name = RequestBody.optionalText(domain, "name");
            if (id.isEmpty() && name.isEmpty()) {
                throw IdentityError.ATTRIBUTE_MISSING.with("id or name", "domain");
            }
            return new Domain(id, name);
        }
    }

    /** Reads {@code id}, or {@code name} and {@code domain}. */
    static Subject read(JsonNode subject, String what) {
        Optional<String> id = RequestBody.optionalText(subject, "id");
        if (id.isPresent()) {
            return new Subject(id, Optional.empty(), new Domain(Optional.empty(), Optional.empty()));
        }
        String name = RequestBody.optionalText(subject, "name")
                .orElseThrow(() -> IdentityError.ATTRIBUTE_MISSING.with("id or name", what));
        return new Subject(
                Optional.empty(), Optional.of(name), Domain.read(RequestBody.object(subject, "domain", what)));
    }
}
