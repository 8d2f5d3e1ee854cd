package io.kilonova.operations;

import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.util.List;

/**
 * A kind of durable work, made of small steps that may be repeated. What a submission was accepted with is carried to
 * one of three ends, whatever crashes in between.
 *
 * @param <S> what the operation knows, a record that is written as JSON after each step. Fields may be added; a field
 *     that an older program wrote and this one does not know is ignored.
 */
public interface Operation<S extends Record> {
    /** The name under which it is stored, for example {@code build_server}. Never changed once released. */
    String name();

    /** The class of the state. */
    Class<S> stateType();

    /** How long the operation may take from acceptance to end, waiting for others of its subject included. */
    Duration deadline();

    /** The steps, in order; at least one. Steps may be added at the end of a released operation, never reordered. */
    List<Step<S>> steps();

    /**
     * Called once in the transaction that ends the operation, whatever the end: after the last step, after compensation,
     * or without any step for an operation that was cancelled before it began. Like every body of a transaction it may
     * run again, so it has no effect but SQL and {@link Transaction#afterCommit}.
     */
    void ended(Ending<S> ending, Transaction transaction);
}
