package io.kilonova.identity;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What the identity service says no with, in the words that clients of Keystone know. */
public enum IdentityError implements ErrorCode {
    /** Every failed log-in reads the same, so that it tells nothing of what was wrong. */
    UNAUTHORIZED(Owner.CALLER, 401, "The request you have made requires authentication."),
    FORBIDDEN(Owner.CALLER, 403, "You are not authorized to perform the requested action: %s."),
    NOT_ALLOWED(Owner.CALLER, 403, "%s"),
    NOT_FOUND(Owner.CALLER, 404, "Could not find %s: %s."),
    TOKEN_NOT_FOUND(Owner.CALLER, 404, "Failed to validate token."),
    ATTRIBUTE_MISSING(
            Owner.CALLER,
            400,
            "Expecting to find %s in %s. The server could not comply with the request since it is either malformed or"
                    + " otherwise incorrect. The client is assumed to be in error."),
    FIELD_INVALID(Owner.CALLER, 400, "Invalid input for field '%s': %s"),
    REQUEST_INVALID(Owner.CALLER, 400, "%s"),
    CONFLICT(Owner.CALLER, 409, "Conflict occurred attempting to store %s - %s."),
    NOT_BUILT(Owner.CALLER, 501, "Kilonova does not do this yet: %s"),
    BUSY(Owner.CAPACITY, 503, "Too many passwords are being checked at this moment. Try again in a second."),
    KEYS_UNREADABLE(Owner.DEPENDENCY, 503, "The keys in %s cannot be used: %s"),
    UNEXPECTED(Owner.US, 500, "The identity service failed at %s. Please report this with the log of the controller.");

    private final Meaning meaning;

    IdentityError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
