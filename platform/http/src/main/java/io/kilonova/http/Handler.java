package io.kilonova.http;

import java.io.IOException;

/** Answers one route. Runs on a virtual thread and may block. */
@FunctionalInterface
public interface Handler {
    /**
     * The answer to a request that passed its route's checks.
     *
     * @throws io.kilonova.errors.ServiceException for what the caller may read
     * @throws IOException when the request's body cannot be read on
     */
    Answer handle(Request request) throws IOException;
}
