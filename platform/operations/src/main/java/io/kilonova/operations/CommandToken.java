package io.kilonova.operations;

import io.kilonova.telemetry.TraceParent;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What every command of a step to a hypervisor carries, so that a node can tell a repetition from a new command, and
 * refuses a controller that was taken for dead.
 *
 * @param operationId whose step it is
 * @param step which step: {@code spawn}, or {@code undo spawn}. A step that is repeated, by whichever controller, sends the
 *     same name, so that with the operation's id it numbers the command
 * @param subject what the operation is done to
 * @param fence grows from owner to owner, from operation to operation of one subject, and when an operation turns around: a
 *     node remembers the highest one that it met for a subject, and refuses what is lower, so that a command that was on its
 *     way for long does not do again what was undone
 * @param requestId the id of the request that was accepted
 * @param traceParent the place of the command in the trace of that request, if it has one
 */
public record CommandToken(
        String operationId,
        String step,
        String subject,
        long fence,
        String requestId,
        Optional<TraceParent> traceParent) {
    static final ScopedValue<Supplier<CommandToken>> CURRENT = ScopedValue.newInstance();

    /**
     * What commands carry that are given on this thread now: {@link StepContext#command}, or what {@link Operations#between}
     * says; nothing elsewhere.
     */
    public static Optional<CommandToken> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get().get()) : Optional.empty();
    }
}
