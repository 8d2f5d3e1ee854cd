package io.kilonova.identity;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Where a caller wants a token to hold. */
sealed interface ScopeRequest {
    /** Nothing said: the user's default project, or nowhere. */
    record NotGiven() implements ScopeRequest {}

    /** Explicitly nowhere. */
    record Unscoped() implements ScopeRequest {}

    /** A project. */
    record Project(Subject project) implements ScopeRequest {}

    /** A domain. */
    record Domain(Subject.Domain domain) implements ScopeRequest {}

    /** The whole cloud. */
    record WholeSystem() implements ScopeRequest {}

    /** Reads {@code auth.scope}. */
    static ScopeRequest read(JsonNode auth) {
        JsonNode scope = auth.path("scope");
        if (scope.isMissingNode() || scope.isNull()) {
            return new NotGiven();
        }
        if (scope.isString() && scope.stringValue().equals("unscoped")) {
            return new Unscoped();
        }
        if (!scope.isObject()) {
            throw IdentityError.FIELD_INVALID.with("scope", "it is neither an object nor \"unscoped\".");
        }
        if (scope.has("OS-TRUST:trust")) {
            throw IdentityError.NOT_BUILT.with("trusts");
        }
        if (scope.size() > 1) {
            throw IdentityError.FIELD_INVALID.with("scope", "it names more than one place.");
        }
        Optional<JsonNode> project = RequestBody.optionalObject(scope, "project");
        if (project.isPresent()) {
            return new Project(Subject.read(project.get(), "project"));
        }
        Optional<JsonNode> domain = RequestBody.optionalObject(scope, "domain");
        if (domain.isPresent()) {
            return new Domain(Subject.Domain.read(domain.get()));
        }
        if (scope.path("system").path("all").asBoolean(false)) {
            return new WholeSystem();
        }
        if (scope.has("unscoped")) {
            return new Unscoped();
        }
        throw IdentityError.ATTRIBUTE_MISSING.with("project, domain or system", "scope");
    }
}
