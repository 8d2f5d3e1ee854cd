package io.kilonova.storage;

import org.jooq.DSLContext;

/**
 * One transaction that may write. It lives as long as the body that it was given to and is used by the thread of that
 * body alone.
 */
public interface Transaction {
    /** Where statements are made. Bound to this transaction; of no use after it. */
    DSLContext sql();

    /**
     * Has {@code action} run after the transaction is durably committed, on the thread that asked for the transaction
     * and before its {@code write} returns. Actions run in the order of registration, and never after a rollback. What
     * an action throws is logged and hinders neither the other actions nor the answer: the commit has happened.
     *
     * <p>Two transactions that commit one after the other may run their actions in either order.
     */
    void afterCommit(Runnable action);
}
