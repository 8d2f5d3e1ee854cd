package io.kilonova.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transaction while its body runs, and the list of what follows its commit. */
final class OpenTransaction implements Transaction {
    private static final Logger LOG = LoggerFactory.getLogger(OpenTransaction.class);

    private final DSLContext sql;
    private final boolean shared;
    private final Apart apart;
    private final List<Runnable> afterCommit = new ArrayList<>(2);
    private boolean open = true;
    private boolean releasedEarly;

    /** Runs what is to be done for itself. */
    interface Apart {
        <T> T run(Function<DSLContext, T> work);
    }

    OpenTransaction(DSLContext sql, boolean shared, Apart apart) {
        this.sql = sql;
        this.shared = shared;
        this.apart = apart;
    }

    /** Where nothing can be done beside it. */
    static OpenTransaction ofOneWriter(DSLContext sql, boolean shared) {
        return new OpenTransaction(sql, shared, new Apart() {
            @Override
            public <T> T run(Function<DSLContext, T> work) {
                return work.apply(sql);
            }
        });
    }

    @Override
    public DSLContext sql() {
        if (!open) {
            throw new IllegalStateException("the transaction is over; its body must not hand it out");
        }
        return sql;
    }

    @Override
    public boolean isShared() {
        return shared;
    }

    @Override
    public void afterCommit(Runnable action) {
        if (!open) {
            throw new IllegalStateException("the transaction is over");
        }
        afterCommit.add(action);
    }

    @Override
    public <T> T apart(Function<DSLContext, T> work) {
        return apart.run(work);
    }

    @Override
    public void releaseEarly() {
        releasedEarly = true;
    }

    boolean isReleasedEarly() {
        return releasedEarly;
    }

    /** The body has ended; nothing more can be done with it. */
    void seal() {
        open = false;
    }

    /** Runs the registered actions, each whatever the others throw: the commit is on disk and cannot be taken back. */
    void runAfterCommit() {
        for (Runnable action : afterCommit) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.error("an action after a commit failed; the commit stands", e);
            }
        }
    }
}
