package io.kilonova.storage;

import java.util.ArrayList;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.OrderField;
import org.jooq.Record;
import org.jooq.impl.DSL;

/**
 * A page's place in a sorted list: the rows after a marker row, in an order of one or more keys. The last key must be
 * unique (an id), so that no row is shown twice or left out. What a page costs depends on the page: each condition can
 * be answered from an index over the keys.
 */
public final class Keyset {
    private final List<Key> keys;

    private Keyset(List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

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

        private OrderField<?> order(boolean forward) {
            boolean up = ascending == forward;
            if (!nullable) {
                return up ? field.asc() : field.desc();
            }
            return up ? field.asc().nullsFirst() : field.desc().nullsLast();
        }
    }

    /** A list in the order of {@code keys}, of which there is at least one and the last is unique and never null. */
    public static Keyset of(List<Key> keys) {
        if (keys.isEmpty() || keys.getLast().nullable()) {
            throw new IllegalArgumentException("the last sort key must be there, unique and never null");
        }
        return new Keyset(keys);
    }

    /** What to order by. */
    public List<OrderField<?>> order() {
        return keys.stream().<OrderField<?>>map(key -> key.order(true)).toList();
    }

    /** What to order by to walk backwards; the page is then turned around. */
    public List<OrderField<?>> reverseOrder() {
        return keys.stream().<OrderField<?>>map(key -> key.order(false)).toList();
    }

    /** The rows after {@code marker}, a row that has the fields of the keys. */
    public Condition after(Record marker) {
        return beyond(marker, true);
    }

    /** The rows before {@code marker}, a row that has the fields of the keys. */
    public Condition before(Record marker) {
        return beyond(marker, false);
    }

    /** {@code a > x OR (a = x AND (b > y OR …))}, each key in its own direction. */
    private Condition beyond(Record marker, boolean forward) {
        Condition rest = DSL.falseCondition();
        List<Key> inward = new ArrayList<>(keys).reversed();
        for (Key key : inward) {
            rest = step(key, key.field(), marker, key.ascending() == forward, rest);
        }
        Key first = keys.getFirst();
        return first.nullable()
                ? rest
                : bound(first.field(), marker, first.ascending() == forward).and(rest);
    }

    /** Redundant, and what lets a planner start at the marker: an OR alone makes it read from the beginning. */
    private static <T> Condition bound(Field<T> field, Record marker, boolean up) {
        T value = marker.get(field);
        return up ? field.ge(value) : field.le(value);
    }

    private static <T> Condition step(Key key, Field<T> field, Record marker, boolean up, Condition rest) {
        T value = marker.get(field);
        boolean last = rest instanceof org.jooq.impl.QOM.False;
        if (value == null) {
            // Null is the smallest: upwards everything else follows it, downwards nothing does.
            Condition beyondNull = up ? field.isNotNull() : DSL.falseCondition();
            return last ? beyondNull : beyondNull.or(field.isNull().and(rest));
        }
        Condition beyond = up ? field.gt(value) : field.lt(value);
        if (key.nullable() && !up) {
            beyond = beyond.or(field.isNull());
        }
        return last ? beyond : beyond.or(field.eq(value).and(rest));
    }
}
