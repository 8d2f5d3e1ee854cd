package io.kilonova.http;

import io.kilonova.access.Policy;
import java.util.Map;
import java.util.Optional;

/**
 * What a route's line said.
 *
 * @param method upper case
 * @param path with variables in braces, below the service's version folder
 * @param action the one key of the body that selects this route, when the path has actions
 * @param access who may call it
 * @param targets attributes of the policy's target that come from the path: attribute to variable
 * @param query the schema of the query
 * @param body what the body must be
 * @param status of a success
 * @param since the first microversion that has it
 * @param until the last microversion that has it
 * @param handler who answers
 */
record Route(
        String method,
        String path,
        Optional<String> action,
        Access access,
        Map<String, String> targets,
        Optional<String> query,
        BodyKind body,
        int status,
        Optional<Microversion> since,
        Optional<Microversion> until,
        Handler handler) {
    /** Who may call a route. */
    sealed interface Access {
        /** Nobody is asked who they are. */
        record Public() implements Access {}

        /** Callers that the policy allows. */
        record Checked(Policy policy) implements Access {}
    }

    /** What a route's body must be. */
    sealed interface BodyKind {
        /** Whatever is sent is left unread. */
        record Ignored() implements BodyKind {}

        /** JSON, checked against the schema of this name. */
        record Json(String schema) implements BodyKind {}

        /** JSON of any form, for what the handler reads by its own rules. */
        record AnyJson() implements BodyKind {}

        /** Bytes that the handler reads as a stream. */
        record Bytes() implements BodyKind {}
    }

    boolean holdsAt(Microversion version) {
        return since.map(first -> version.compareTo(first) >= 0).orElse(true)
                && until.map(last -> version.compareTo(last) <= 0).orElse(true);
    }
}
