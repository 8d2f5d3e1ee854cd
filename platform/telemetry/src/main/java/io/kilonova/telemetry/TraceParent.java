package io.kilonova.telemetry;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The place of some work in a trace that began outside: the header {@code traceparent} of W3C Trace Context, level 1.
 * Bound to a thread for as long as the work runs, so that what is written meanwhile can remember it.
 *
 * @param text the header's value, for example {@code 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01}
 */
public record TraceParent(String text) {
    /** The header's name. */
    public static final String HEADER = "traceparent";

    private static final ScopedValue<TraceParent> CURRENT = ScopedValue.newInstance();
    private static final int LENGTH = 55;
    private static final int TRACE_ID = 3;
    private static final int SPAN_ID = 36;
    private static final int FLAGS = 53;
    private static final Pattern FORM = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    /** Reads a header. What is not of version 00 or breaks its form is ignored, as the standard asks for. */
    public static Optional<TraceParent> of(String header) {
        return header.length() == LENGTH && FORM.matcher(header).matches()
                ? Optional.of(new TraceParent(header))
                : Optional.empty();
    }

    /** That of the work on this thread, if it has one. */
    public static Optional<TraceParent> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Does {@code work} with this as the {@link #current} one. */
    public <T> T during(Supplier<T> work) {
        return ScopedValue.where(CURRENT, this).call(work::get);
    }

    /** The trace's id, 32 hexadecimal digits, by which logs of all programs are found. */
    public String traceId() {
        return text.substring(TRACE_ID, SPAN_ID - 1);
    }

    /** The same trace with a new span, for a call further out. */
    public TraceParent child() {
        long span = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        return new TraceParent(
                text.substring(0, SPAN_ID) + HexFormat.of().toHexDigits(span) + text.substring(FLAGS - 1));
    }
}
