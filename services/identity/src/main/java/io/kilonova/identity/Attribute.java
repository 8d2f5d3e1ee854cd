package io.kilonova.identity;

import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * One attribute of a resource, which is also a column of its table.
 *
 * @param name in JSON, in queries and in the table
 * @param flag whether it is a truth value; a text otherwise
 * @param required whether it must be given
 * @param nullable whether it may be null, in which case it may be left out too
 * @param fixed whether it cannot change
 * @param filtered whether lists may be filtered by it
 * @param hidden whether it is ours alone: never read from a body, never shown
 * @param maximumCharacters of a text
 * @param initial what it is when it is not given: a {@link String} or {@link Boolean}; an empty text for none
 */
record Attribute(
        String name,
        boolean flag,
        boolean required,
        boolean nullable,
        boolean fixed,
        boolean filtered,
        boolean hidden,
        int maximumCharacters,
        Object initial) {
    private static final int MAXIMUM_TEXT = 65_535;

    /** A text, at first optional and empty. */
    static Attribute text(String name) {
        return new Attribute(name, false, false, false, false, false, false, MAXIMUM_TEXT, "");
    }

    /** A truth value. */
    static Attribute flag(String name, boolean initial) {
        return new Attribute(name, true, false, false, false, true, false, 0, initial);
    }

    Attribute must() {
        return new Attribute(name, flag, true, nullable, fixed, filtered, hidden, maximumCharacters, initial);
    }

    Attribute mayBeNull() {
        return new Attribute(name, flag, required, true, fixed, filtered, hidden, maximumCharacters, initial);
    }

    Attribute cannotChange() {
        return new Attribute(name, flag, required, nullable, true, filtered, hidden, maximumCharacters, initial);
    }

    Attribute filters() {
        return new Attribute(name, flag, required, nullable, fixed, true, hidden, maximumCharacters, initial);
    }

    Attribute hides() {
        return new Attribute(name, flag, required, nullable, fixed, filtered, true, maximumCharacters, initial);
    }

    Attribute upTo(int characters) {
        return new Attribute(name, flag, required, nullable, fixed, filtered, hidden, characters, initial);
    }

    Field<String> textColumn() {
        return DSL.field(DSL.name(name), String.class);
    }

    Field<Boolean> flagColumn() {
        return DSL.field(DSL.name(name), Boolean.class);
    }

    Field<?> column() {
        return flag ? flagColumn() : textColumn();
    }
}
