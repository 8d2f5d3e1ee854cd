package io.kilonova.operations;

/** The operation was not as this controller left it, or may not be by now: nothing of what it does counts. */
final class Fenced extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Fenced() {
        super(null, null, false, false);
    }
}
