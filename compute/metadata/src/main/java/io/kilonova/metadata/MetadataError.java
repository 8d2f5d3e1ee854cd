package io.kilonova.metadata;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can go wrong when a guest asks for its metadata. */
public enum MetadataError implements ErrorCode {
    /** No server has the address that asks. The same words as for a path that is not there: nothing is told apart. */
    GUEST_UNKNOWN(Owner.CALLER, 404, "There is nothing here."),
    /** There is no such path. */
    DOCUMENT_NOT_FOUND(Owner.CALLER, 404, "There is nothing here."),
    /** Metadata is read only. */
    METHOD_NOT_ALLOWED(Owner.CALLER, 405, "Metadata can only be read, by GET or HEAD."),
    /** A proxy has to say who asks, once each. */
    PROXY_HEADER_MISSING(Owner.CALLER, 400, "%s is missing from the request, or there twice."),
    /** The signature is not that of the secret that is shared with the proxy. */
    PROXY_SIGNATURE_WRONG(
            Owner.CALLER, 403, "Invalid proxy request signature: give the proxy the secret that this cloud has."),
    /** Guests cannot hand over an encrypted password. */
    PASSWORD_NOT_KEPT(Owner.US, 501, "This cloud does not keep passwords that guests post."),
    /** The server's row could not be read. */
    METADATA_UNREADABLE(Owner.US, 500, "The metadata could not be read; try again later.");

    private final Meaning meaning;

    MetadataError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
