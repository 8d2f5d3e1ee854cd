package io.kilonova.errors;

/** Who has to act for an error to go away. */
public enum Owner {
    /** The caller sent something that cannot be done; sending it again unchanged cannot help. */
    CALLER,
    /** The cloud has no room; the same request may succeed later or elsewhere. */
    CAPACITY,
    /** Something that this program depends on (a hypervisor, a database, a service) did not do its part. */
    DEPENDENCY,
    /** A fault of this program. */
    US
}
