package io.kilonova.errors;

import org.jspecify.annotations.Nullable;

/**
 * One error of the closed vocabulary. Each room has an enum of its own that implements this; nothing else is ever told
 * to a caller.
 */
public interface ErrorCode {
    /** The enum constant's name, as it stands in logs. */
    String name();

    /** Whose it is, its status and its sentence. */
    Meaning meaning();

    /** Who has to act. */
    default Owner owner() {
        return meaning().owner();
    }

    /** The HTTP status that the error has at an API, 400 to 599. */
    default int status() {
        return meaning().status();
    }

    /** The sentence, with {@link String#format} places for the arguments. */
    default String sentence() {
        return meaning().sentence();
    }

    /** The error with its places filled. */
    default ServiceException with(@Nullable Object... arguments) {
        return new ServiceException(this, this.sentence().formatted(arguments));
    }

    /** The error with its places filled, and the internal cause, which is logged and never told to the caller. */
    default ServiceException because(Throwable cause, @Nullable Object... arguments) {
        return new ServiceException(this, this.sentence().formatted(arguments), cause);
    }

    /** The error with a sentence whose places another process has filled. */
    default ServiceException told(String sentence) {
        return new ServiceException(this, sentence);
    }
}
