package io.kilonova.http;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can be wrong with a request before any service looks at it. */
public enum HttpError implements ErrorCode {
    VERSION_MALFORMED(
            Owner.CALLER, 400, "API Version String %s is of invalid format. Must be of format MajorNum.MinorNum."),
    VERSION_OUT_OF_RANGE(Owner.CALLER, 406, "Version %s is not supported by the API. Minimum is %s and maximum is %s."),
    NOT_FOUND(Owner.CALLER, 404, "The resource could not be found."),
    METHOD_NOT_ALLOWED(Owner.CALLER, 405, "The method %s is not allowed for this resource."),
    MEDIA_TYPE_UNSUPPORTED(Owner.CALLER, 415, "Unsupported Content-Type"),
    BODY_MALFORMED(Owner.CALLER, 400, "Malformed request body"),
    BODY_NUL(Owner.CALLER, 400, "A text of the request body holds the character NUL."),
    BODY_TOO_LARGE(Owner.CALLER, 413, "The request body is larger than %d bytes."),
    BODY_TOO_SLOW(Owner.CALLER, 408, "The request body did not arrive in time."),
    ACTION_UNKNOWN(Owner.CALLER, 400, "There is no such action: %s"),
    PROJECT_MISMATCH(
            Owner.CALLER, 400, "Malformed request URL: URL's project_id '%s' doesn't match Context's project_id '%s'"),
    BODY_INVALID(Owner.CALLER, 400, "%s"),
    QUERY_INVALID(Owner.CALLER, 400, "%s"),
    IDEMPOTENCY_KEY_MALFORMED(Owner.CALLER, 400, "An Idempotency-Key is 1 to 255 characters of ASCII, without spaces."),
    IDEMPOTENCY_KEY_REUSED(
            Owner.CALLER, 422, "This Idempotency-Key came with another request, %s. Take a new key for a new request."),
    IDEMPOTENCY_ANSWER_PENDING(
            Owner.CALLER,
            409,
            "Request %s came with this Idempotency-Key and is under way, or its answer was lost with its controller. Repeat this"
                    + " one; if that does not help, look at what the first one made."),
    GONE(Owner.CALLER, 410, "This resource is no longer available. No forwarding address is given."),
    NOT_BUILT(Owner.CALLER, 501, "Kilonova does not do this yet: %s"),
    DRAINING(Owner.DEPENDENCY, 503, "This controller is shutting down; send the request to another one."),
    UNEXPECTED(
            Owner.US,
            500,
            "Unexpected API Error. Please report this with the request id %s and the log of the controller.");

    private final Meaning meaning;

    HttpError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
