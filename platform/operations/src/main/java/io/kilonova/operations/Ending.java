package io.kilonova.operations;

import java.time.Instant;
import java.util.Optional;

/**
 * The end of an operation.
 *
 * @param operationId the operation's id
 * @param project the project that it was done for
 * @param subject what it was done to
 * @param requestId the id of the accepted request
 * @param outcome which end
 * @param state what the operation knew last; after compensation, what the last compensation left
 * @param failure why it did not succeed; empty after success
 * @param compensationFailure why something could not be undone in time; empty when all was undone
 * @param at when
 */
public record Ending<S extends Record>(
        String operationId,
        String project,
        String subject,
        String requestId,
        Outcome outcome,
        S state,
        Optional<Failure> failure,
        Optional<String> compensationFailure,
        Instant at) {}
