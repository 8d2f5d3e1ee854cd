package io.kilonova.simulation;

/** The process of this thread was killed: it does nothing any more. An error, so that nothing takes it for a failure. */
final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
        super("killed", null, false, false);
    }
}
