package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import io.kilonova.node.NodeCommand.Effect;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells in one line what came of each command that a node carried out, with the ids by which controllers tell of the request
 * that it was part of. What only looks is told to who debugs.
 */
final class CommandLog {
    private static final Logger LOG = LoggerFactory.getLogger(CommandLog.class);
    private static final long NANOS_PER_MILLI = 1_000_000;

    private CommandLog() {}

    static <A> A telling(
            NodeCommand<?, ?> command, CommandOrder order, String guest, CommandOrigin origin, Supplier<A> work) {
        long since = System.nanoTime();
        String outcome = "failed";
        try {
            A answer = origin.traceParent().map(trace -> trace.during(work)).orElseGet(work);
            outcome = "done";
            return answer;
        } catch (ServiceException refused) {
            outcome = "refused error=%s %s".formatted(refused.code(), refused.sentence());
            throw refused;
        } finally {
            LOG.atLevel(command.effect() == Effect.LOOKS ? Level.DEBUG : Level.INFO)
                    .log(
                            "command={} guest={} number={} fence={} request={} trace={} millis={} outcome={}",
                            command.name(),
                            guest.isEmpty() ? "-" : guest,
                            order.number(),
                            order.fence(),
                            origin.requestId().orElse("-"),
                            origin.traceId(),
                            (System.nanoTime() - since) / NANOS_PER_MILLI,
                            outcome);
        }
    }
}
