package io.kilonova.access;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** Why a caller may not do what they ask for. */
public enum AccessError implements ErrorCode {
    AUTHENTICATION_NEEDED(Owner.CALLER, 401, "The request you have made requires authentication."),
    FORBIDDEN(Owner.CALLER, 403, "Policy doesn't allow %s to be performed."),
    PROJECT_NEEDED(Owner.CALLER, 403, "This needs a token that is scoped to a project."),
    POLICY_FILE_INVALID(Owner.CALLER, 500, "The policy file %s is not valid: %s");

    private final Meaning meaning;

    AccessError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
