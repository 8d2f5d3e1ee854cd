package io.kilonova.operations;

import io.kilonova.storage.Transaction;

/**
 * A kind of durable work, made of small steps that may be repeated. What a submission was accepted with is carried to
 * one of three ends, whatever crashes in between.
 *
 * @param <S> what the operation knows, a record that is written as JSON after each step. Fields may be added; a field
 *     that an older program wrote and this one does not know is ignored.
 */
public interface Operation<S extends Record> {
    /** What it is made of; asked once. */
    Plan<S> plan();

    /**
     * Called once in the transaction that ends the operation, whatever the end: after the last step, after compensation,
     * or without any step for an operation that was cancelled before it began. Like every body of a transaction it may
     * run again, so it has no effect but SQL and {@link Transaction#afterCommit}.
     */
    void ended(Ending<S> ending, Transaction transaction);
}
