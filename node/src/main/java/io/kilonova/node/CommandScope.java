package io.kilonova.node;

import io.kilonova.telemetry.TraceParent;
import java.util.Optional;

/**
 * What a command is part of; gives it a number that stays the same when another controller repeats the step.
 *
 * @param operation the operation's id
 * @param step its step
 * @param subject what the operation is done to
 * @param fence grows from owner to owner and from operation to operation of one subject
 * @param requestId the id of the request that was accepted
 * @param traceParent the place of the command in the trace of that request, if it has one
 */
public record CommandScope(
        String operation,
        String step,
        String subject,
        long fence,
        String requestId,
        Optional<TraceParent> traceParent) {}
