package io.kilonova.node;

import io.kilonova.telemetry.TraceParent;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Of which request of a user a command is part. It goes along in headers, which builds before it neither send nor read.
 *
 * @param requestId of the request; empty where none asked
 * @param traceParent the place of the command in the trace of that request, if it has one
 */
record CommandOrigin(Optional<String> requestId, Optional<TraceParent> traceParent) {
    private static final String REQUEST_HEADER = "X-OpenStack-Request-ID";

    /** That of a command of this thread, which is part of a step or of a request. */
    static CommandOrigin of(Optional<CommandScope> scope) {
        return scope.map(step -> new CommandOrigin(Optional.of(step.requestId()), step.traceParent()))
                .orElseGet(() -> new CommandOrigin(
                        Optional.empty(), TraceParent.current().map(TraceParent::child)));
    }

    /** That of a command that has come. */
    static CommandOrigin of(PeerCall call) {
        return new CommandOrigin(
                call.header(REQUEST_HEADER), call.header(TraceParent.HEADER).flatMap(TraceParent::of));
    }

    Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        requestId.ifPresent(id -> headers.put(REQUEST_HEADER, id));
        traceParent.ifPresent(trace -> headers.put(TraceParent.HEADER, trace.text()));
        return headers;
    }

    String traceId() {
        return traceParent.map(TraceParent::traceId).orElse("-");
    }
}
