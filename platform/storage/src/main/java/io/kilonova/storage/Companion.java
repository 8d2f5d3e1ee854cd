package io.kilonova.storage;

import java.util.function.Consumer;
import java.util.function.Function;

/** What goes along with the first transaction of a thread that commits. Used by that thread alone. */
final class Companion {
    /** Nothing goes along. */
    static final Companion NONE = new Companion(transaction -> {});

    static {
        NONE.carried();
    }

    private final Consumer<Transaction> work;
    private boolean carried;

    Companion(Consumer<Transaction> work) {
        this.work = work;
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
        carried = true;
    }
}
