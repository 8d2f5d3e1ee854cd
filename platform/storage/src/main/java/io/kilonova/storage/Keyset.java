package io.kilonova.storage;

import java.util.List;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.OrderField;
import org.jooq.Record;

/**
 * A page's place in a sorted list: the rows after a marker row, in an order of one or more keys. The last key must be
 * unique (an id), so that no row is shown twice or left out. What a page costs depends on the page: each condition can
 * be answered from an index over the keys.
 */
public final class Keyset {
    private Keyset() {}

    /**
     * One sort key.
     *
     * @param field the column
     * @param ascending the direction
     * @param nullable whether the column may be null; null counts as smaller than every value, on both databases
     */
    public record Key(Field<?> field, boolean ascending, boolean nullable) {
        /** A key whose column is never null. */
        public static Key of(Field<?> field, boolean ascending) {
            return new Key(field, ascending, false);
        }

        /** A key whose column may be null. */
        public static Key nullable(Field<?> field, boolean ascending) {
            return new Key(field, ascending, true);
        }
    }

    /** A list in the order of {@code keys}. */
    public static Keyset of(List<Key> keys) {
        throw new UnsupportedOperationException();
    }

    /** What to order by. */
    public List<OrderField<?>> order() {
        throw new UnsupportedOperationException();
    }

    /** What to order by to walk backwards; the page is then turned around. */
    public List<OrderField<?>> reverseOrder() {
        throw new UnsupportedOperationException();
    }

    /** The rows after {@code marker}, which has the values of the keys. */
    public Condition after(Record marker) {
        throw new UnsupportedOperationException();
    }

    /** The rows before {@code marker}. */
    public Condition before(Record marker) {
        throw new UnsupportedOperationException();
    }
}
