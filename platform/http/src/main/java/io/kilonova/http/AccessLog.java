package io.kilonova.http;

import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where each answered request is told. */
@FunctionalInterface
public interface AccessLog {
    /**
     * One answered request.
     *
     * @param service the service's type, or {@code -}
     * @param method HTTP
     * @param path without the query, cut to 256 characters
     * @param route the path as its route has it, with variables in braces, or {@code -} when none was found
     * @param status of the answer
     * @param durationMicros from the first to the last byte
     * @param requestId of the request
     * @param userId the caller, when known
     * @param projectId the caller's project, when known
     * @param trace the id of the trace that the request belongs to, when the caller sent one
     */
    record Entry(
            String service,
            String method,
            String path,
            String route,
            int status,
            long durationMicros,
            String requestId,
            Optional<String> userId,
            Optional<String> projectId,
            Optional<String> trace) {}

    /** A request has come; {@link #ended} follows in any case, on the same thread. */
    default void began() {}

    /** Nothing is done for a request any more. */
    default void ended() {}

    /** Tells of one request; called on the thread that answered it. */
    void answered(Entry entry);

    /** A line a request in the log {@code access}; of refusals that are many and alike only some, and how many there were. */
    static AccessLog toLog() {
        Logger logger = LoggerFactory.getLogger("access");
        AccessLog lines = entry -> logger.info(
                "{} {} {} {} {}us {} user={} project={} trace={}",
                entry.service(),
                entry.method(),
                entry.path(),
                entry.status(),
                entry.durationMicros(),
                entry.requestId(),
                entry.userId().orElse("-"),
                entry.projectId().orElse("-"),
                entry.trace().orElse("-"));
        return new QuietAccessLog(lines, logger::info, InstantSource.system());
    }
}
