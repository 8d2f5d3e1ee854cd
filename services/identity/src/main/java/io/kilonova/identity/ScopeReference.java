package io.kilonova.identity;

import java.util.Arrays;
import java.util.Optional;

/**
 * Where a token holds, by id.
 *
 * @param kind what it is
 * @param id of the project or domain; empty for the others
 */
record ScopeReference(Kind kind, String id) {
    static final ScopeReference UNSCOPED = new ScopeReference(Kind.UNSCOPED, "");
    static final ScopeReference SYSTEM = new ScopeReference(Kind.SYSTEM, "");

    /** The kinds of scope; the codes are part of every token. */
    enum Kind {
        UNSCOPED(0),
        PROJECT(1),
        DOMAIN(2),
        SYSTEM(3);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static Optional<Kind> of(int code) {
            return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
        }
    }

    /** A project. */
    static ScopeReference project(String id) {
        return new ScopeReference(Kind.PROJECT, id);
    }

    /** A domain. */
    static ScopeReference domain(String id) {
        return new ScopeReference(Kind.DOMAIN, id);
    }
}
