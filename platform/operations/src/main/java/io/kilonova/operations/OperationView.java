package io.kilonova.operations;

import java.time.Instant;
import java.util.Optional;

/**
 * An operation as an operator sees it.
 *
 * @param id its id
 * @param operation the name of its kind
 * @param project the project that it is done for
 * @param subject what it is done to
 * @param requestId the id of the accepted request
 * @param phase where it is
 * @param step the name of the step that runs, waits or ran last; empty before the first
 * @param stepNumber that step's number, from 1; 0 before the first
 * @param steps how many there are; 0 when this program does not know the kind
 * @param controller who carries it out; empty when nobody does
 * @param fence the fencing token
 * @param acceptedAt when it was accepted
 * @param stepSince since when it is at this step
 * @param deadline when it has to be at its end
 * @param progress what the step last told, or why the operation waits; empty when nothing was told
 * @param percent how much of the step is done, 0 to 100
 * @param resumesAt when a waiting step runs again
 * @param cancelReason why somebody asked to stop it
 * @param failure why it fails or failed
 * @param compensationFailure why something could not be undone in time
 * @param endedAt when it ended
 */
public record OperationView(
        String id,
        String operation,
        String project,
        String subject,
        String requestId,
        OperationPhase phase,
        String step,
        int stepNumber,
        int steps,
        String controller,
        long fence,
        Instant acceptedAt,
        Instant stepSince,
        Instant deadline,
        String progress,
        int percent,
        Optional<Instant> resumesAt,
        Optional<String> cancelReason,
        Optional<Failure> failure,
        Optional<String> compensationFailure,
        Optional<Instant> endedAt) {}
