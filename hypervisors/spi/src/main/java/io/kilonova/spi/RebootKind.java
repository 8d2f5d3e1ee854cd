package io.kilonova.spi;

/** How a guest is restarted. */
public enum RebootKind {
    /** The guest is asked to shut down by itself (ACPI). */
    SOFT,
    /** The power is cut and given back. */
    HARD
}
