package io.kilonova.node;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can go wrong between controllers and nodes. */
public enum NodeError implements ErrorCode {
    AUTHORITY_UNUSABLE(Owner.CALLER, 400, "The certificate authority in %s cannot be used: %s"),
    AUTHORITY_EXISTS(Owner.CALLER, 409, "There is a certificate authority in %s already; it was not touched."),
    IDENTITY_UNUSABLE(Owner.CALLER, 400, "The identity of this node in %s cannot be used: %s"),
    ENROLLED_ALREADY(Owner.CALLER, 409, "This node is enrolled already, as %s; its identity is in %s."),
    ENROLLED_AS(Owner.CALLER, 409, "This node is known here, as %s: enroll it by that name."),
    JOURNAL_UNUSABLE(Owner.DEPENDENCY, 500, "The journal of commands %s cannot be used: %s"),
    TOKEN_UNREADABLE(Owner.CALLER, 400, "This is no token of kilonova ca token."),
    TOKEN_REFUSED(Owner.CALLER, 403, "The token is unknown, used or expired: get another by \"kilonova ca token\"."),
    LABEL_TAKEN(Owner.CALLER, 409, "Another node is called %s; nothing was changed."),
    LABEL_UNUSABLE(
            Owner.CALLER, 400, "A node's name is 1 to 255 letters, digits, dots, dashes and underscores, not %s."),
    NODE_UNKNOWN(Owner.CALLER, 404, "There is no node %s."),
    NODE_NOT_ENROLLED(Owner.CALLER, 403, "The node %s is not enrolled here, or was revoked."),
    IDENTITY_CLAIMED(Owner.CALLER, 403, "The node %s claims to be %s; refused, nothing was changed."),
    ADDRESS_UNPROVED(
            Owner.CALLER, 409, "The node %s says that it is at %s and is not found there: %s; nothing was changed."),
    CERTIFICATE_WANTED(Owner.CALLER, 401, "A certificate of this cloud's authority is needed."),
    ROLE_REFUSED(Owner.CALLER, 403, "A %s may not call %s."),
    PROTOCOL_MISMATCH(
            Owner.CALLER, 426, "This side speaks protocol %d and the other %s: bring both to the same version."),
    MESSAGE_TOO_LARGE(Owner.CALLER, 413, "A message of at most %d bytes is taken here."),
    MESSAGE_UNREADABLE(Owner.CALLER, 400, "The message cannot be read: %s"),
    NO_SUCH_ADDRESS(Owner.CALLER, 404, "There is nothing at %s."),
    STALE_COMMAND(Owner.CALLER, 409, "The command %s was sent under fence %d; fence %d has been here since."),
    COMMAND_ABANDONED(Owner.CALLER, 409, "The command %s was abandoned."),
    NODE_BUSY(Owner.CAPACITY, 503, "The node %s has %d commands under way and takes no more."),
    NODE_NOT_REACHED(Owner.DEPENDENCY, 503, "The node %s is not reached from here either: %s"),
    PEER_UNABLE(Owner.DEPENDENCY, 503, "%s"),
    CONTROLLERS_UNREACHABLE(Owner.DEPENDENCY, 503, "No controller answers at %s: %s"),
    ANSWER_UNREADABLE(Owner.DEPENDENCY, 502, "The answer of %s cannot be read: %s"),
    REFUSED(Owner.DEPENDENCY, 502, "%s");

    private final Meaning meaning;

    NodeError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
