package io.kilonova.placement;

import io.kilonova.storage.Transaction;

/** Knows whether a consumer's server or migration is there, inside the transaction that allocates to it. */
@FunctionalInterface
public interface ConsumerOwners {
    /** Whether what {@code consumerUuid} names exists in this transaction; asked for types INSTANCE and MIGRATION alone. */
    boolean exists(Transaction transaction, String type, String consumerUuid);

    /** Believes that every consumer exists: for a placement service that stands alone. */
    static ConsumerOwners unchecked() {
        return (transaction, type, consumerUuid) -> true;
    }
}
