package io.kilonova.identity;

/** Where a token holds, with the names that answers need. */
sealed interface Scope {
    /** Nowhere: good for asking where one could go. */
    record Unscoped() implements Scope {}

    /**
     * A project.
     *
     * @param project the project
     * @param domain that it belongs to
     * @param isDomain whether it acts as a domain
     */
    record Project(Reference project, Reference domain, boolean isDomain) implements Scope {}

    /** A domain. */
    record Domain(Reference domain) implements Scope {}

    /** The whole cloud. */
    record WholeSystem() implements Scope {}
}
