package io.kilonova.node;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Consumer;

/** The lines of a node's answer on their way to the controller that asked by way of this one. They begin with the first. */
final class PassedLines implements Consumer<byte[]> {
    private final PeerCall call;
    private volatile Optional<OutputStream> out = Optional.empty();

    PassedLines(PeerCall call) {
        this.call = call;
    }

    /** Passes a line on; throws {@link UncheckedIOException} when nobody waits for it any more. */
    @Override
    public void accept(byte[] line) {
        OutputStream stream = out.orElseGet(() -> call.stream("application/x-ndjson"));
        out = Optional.of(stream);
        try {
            stream.write(line);
            stream.write('\n');
            stream.flush();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** The node said its last line. An answer that was cut off is never ended: who asked would take it for whole. */
    void end() throws IOException {
        if (out.isPresent()) {
            out.get().close();
        }
    }
}
