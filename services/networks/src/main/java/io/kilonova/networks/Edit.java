package io.kilonova.networks;

import io.kilonova.access.Caller;
import io.kilonova.access.Visibility;
import io.kilonova.storage.Transaction;
import java.util.Optional;
import org.jooq.DSLContext;

/**
 * A change that is under way: its transaction, who asked for it, and who is told of it after the commit.
 *
 * @param transaction that it is written in
 * @param caller who asked; empty for the cloud itself
 * @param backend who makes it real
 */
record Edit(Transaction transaction, Optional<Caller> caller, NetworkBackend backend) {
    DSLContext sql() {
        return transaction.sql();
    }

    /** What the change may see: all for the cloud itself. */
    Visibility visibility() {
        return caller.map(Caller::visibility).orElse(Visibility.everything());
    }

    /** Whether the cloud itself, an administrator or a service asks. */
    boolean isPrivileged() {
        return caller.map(known -> known.isAdmin() || known.isService()).orElse(true);
    }

    /** Has the backend told after the commit that something of an id changed. */
    void tell(Kind kind, String id) {
        transaction.afterCommit(() -> backend.changed(kind.singular(), id));
    }

    /** Has the backend told after the commit. */
    void tell(Resource resource) {
        transaction.afterCommit(() -> backend.changed(resource.kind().singular(), resource.id()));
    }
}
