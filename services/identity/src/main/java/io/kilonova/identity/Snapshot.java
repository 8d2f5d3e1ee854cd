package io.kilonova.identity;

import java.util.Optional;
import java.util.function.Supplier;

/** Something small that is read whole and kept until anything changes. */
final class Snapshot<T> {
    private volatile Optional<Read<T>> last = Optional.empty();

    /** What was read, and at which count of changes. */
    private record Read<T>(long changes, T value) {}

    /**
     * The value at a count of changes.
     *
     * @param changes the count, taken before the transaction that {@code reader} reads in began
     */
    T at(long changes, Supplier<T> reader) {
        Optional<Read<T>> known = last;
        if (known.isPresent() && known.get().changes() == changes) {
            return known.get().value();
        }
        T value = reader.get();
        last = Optional.of(new Read<>(changes, value));
        return value;
    }
}
