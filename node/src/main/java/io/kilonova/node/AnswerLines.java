package io.kilonova.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as it comes: line by line where that is wanted and the answer is a success, else as a whole. A line or
 * a whole that is longer than the bound fails the answer. Empty lines are told too: they
 * show that the other side is alive.
 */
final class AnswerLines implements HttpResponse.BodySubscriber<byte[]> {
    private final int maximumBytes;
    private final boolean inLines;
    private final Consumer<byte[]> listener;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private volatile long heardNanos = System.nanoTime();
    private boolean splitting;
    private Flow.@Nullable Subscription subscription;

    AnswerLines(int maximumBytes, boolean inLines, Consumer<byte[]> listener) {
        this.maximumBytes = maximumBytes;
        this.inLines = inLines;
        this.listener = listener;
    }

    AnswerLines begin(int status) {
        heardNanos = System.nanoTime();
        splitting = inLines && status == 200;
        return this;
    }

    /** How long nothing was heard. */
    long silentNanos() {
        return System.nanoTime() - heardNanos;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        heardNanos = System.nanoTime();
        for (ByteBuffer buffer : buffers) {
            while (buffer.hasRemaining() && !whole.isDone()) {
                take(buffer.get());
            }
        }
    }

    private void take(byte next) {
        if (splitting && next == '\n') {
            tell(line.toByteArray());
            line.reset();
            return;
        }
        line.write(next);
        if (line.size() > maximumBytes) {
            fail(new IOException("the answer is longer than %d bytes".formatted(maximumBytes)));
        }
    }

    /** The edge of the client's thread. */
    private void tell(byte[] told) {
        try {
            listener.accept(told);
        } catch (RuntimeException failure) {
            fail(new IOException("the answer cannot be read", failure));
        }
    }

    private void fail(IOException failure) {
        whole.completeExceptionally(failure);
        if (subscription != null) {
            subscription.cancel();
        }
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        whole.complete(line.toByteArray());
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return whole;
    }
}
