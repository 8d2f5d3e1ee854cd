package io.kilonova.storage;

import java.util.function.Consumer;
import java.util.function.Function;

/** What goes along with transactions of a thread: with the first that commits, or with each. Used by that thread alone. */
final class Companion {
    /** Nothing goes along. */
    static final Companion NONE = new Companion(transaction -> {}, true);

    static {
        NONE.carried();
    }

    private final Consumer<Transaction> work;
    private final boolean once;
    private boolean carried;

    Companion(Consumer<Transaction> work, boolean once) {
        this.work = work;
        this.once = once;
    }

    <T> Function<Transaction, T> before(Function<Transaction, T> transactionWork) {
        return carried
                ? transactionWork
                : transaction -> {
                    work.accept(transaction);
                    return transactionWork.apply(transaction);
                };
    }

    void carried() {
        carried = once;
    }
}
