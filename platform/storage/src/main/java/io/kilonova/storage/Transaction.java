package io.kilonova.storage;

import java.util.function.Function;
import org.jooq.DSLContext;

/**
 * One transaction that may write. It lives as long as the body that it was given to and is used by the thread of that
 * body alone.
 */
public interface Transaction {
    /** Where statements are made. Bound to this transaction; of no use after it. */
    DSLContext sql();

    /** Whether other processes change this database too, and have to learn of what is changed here. */
    boolean isShared();

    /**
     * Has {@code action} run after the transaction is durably committed, on the thread that asked for the transaction
     * and before its {@code write} returns. Actions run in the order of registration, and never after a rollback. What
     * an action throws is logged and hinders neither the other actions nor the answer: the commit has happened.
     *
     * <p>Two transactions that commit one after the other may run their actions in either order.
     */
    void afterCommit(Runnable action);

    /**
     * Runs one short statement for itself, for what many draw from one row: nobody waits for the end of this transaction to
     * draw too, and what was drawn stays so when this one is rolled back. Whatever it wrote is on disk before anything is that
     * commits after it, this transaction among it. SQLite has one writer, so there it is a part of this transaction.
     */
    <T> T apart(Function<DSLContext, T> work);

    /**
     * Has the rows that it changed free for others as soon as it is committed, some time before that is on disk; {@code write}
     * returns afterwards still. For rows that many change, like a project's quota, which would wait for one flush after the
     * other. Until then others see what a failing database may forget, with all that was done upon it; so nobody may do
     * anything outside the database because of having only read it.
     */
    void releaseEarly();
}
