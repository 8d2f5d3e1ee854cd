package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** Calls peers over mutual TLS. One for all peers of a process: connections are kept and shared. */
final class PeerClient implements PeerWay {
    /** The largest answer that is not a stream, and the longest line of one that is. */
    private static final int MAXIMUM_BYTES = 64 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(500);

    /** The states of a peer that lacks something of its own: a database, or room on its disk. Another one may have it. */
    private static final Set<Integer> UNABLE = Set.of(503, 507);

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int WAITING_BUFFERS = 8;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;

    PeerClient(SSLContext context) {
        this.http = HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(threads)
                .build();
    }

    /** Ways of a process that proves itself by {@code own}. */
    static PeerWay.Maker ways(Supplier<Credential> own) {
        return check -> new PeerClient(MutualTls.context(own, check));
    }

    @Override
    public <A> A send(URI address, Object message, Class<A> answer, Duration limit)
            throws IOException, InterruptedException {
        AnswerLines body = new AnswerLines(MAXIMUM_BYTES, false, bytes -> {});
        HttpResponse<byte[]> response = finished(address, Map.of(), message, body, limit, limit);
        requireSuccess(response.statusCode(), response.body());
        return read(address, response.body(), answer);
    }

    @Override
    public void sendForLines(
            URI address,
            Map<String, String> headers,
            Object message,
            Duration silence,
            Duration limit,
            Consumer<byte[]> listener)
            throws IOException, InterruptedException {
        AnswerLines body = new AnswerLines(MAXIMUM_BYTES, true, listener);
        HttpResponse<byte[]> response = finished(address, headers, message, body, silence, limit);
        requireSuccess(response.statusCode(), response.body());
    }

    @Override
    public InputStream open(URI address, Map<String, String> headers, Duration silence) throws IOException {
        HttpRequest.Builder request = request(address).GET().timeout(silence);
        headers.forEach(request::header);
        try {
            HttpResponse<InputStream> response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                try (InputStream body = response.body()) {
                    requireSuccess(response.statusCode(), body.readNBytes(MAXIMUM_BYTES));
                }
            }
            return new WatchedStream(response.body(), silence);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** Java's client asks a stream for its next bytes before it sends those that it has; so it is never given one that may be silent. */
    @Override
    public void pour(URI address, Map<String, String> headers, InputStream body) throws IOException {
        SubmissionPublisher<ByteBuffer> coming = new SubmissionPublisher<>(threads, WAITING_BUFFERS);
        CompletableFuture<Boolean> wanted = new CompletableFuture<>();
        HttpRequest.Builder request = request(address).POST(HttpRequest.BodyPublishers.fromPublisher(subscriber -> {
            coming.subscribe(subscriber);
            wanted.complete(true);
        }));
        headers.forEach(request::header);
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        try {
            CompletableFuture.anyOf(wanted, answer).get();
            byte[] bytes = new byte[BUFFER_BYTES];
            for (int count = body.read(bytes); count >= 0 && !answer.isDone(); count = body.read(bytes)) {
                coming.submit(ByteBuffer.wrap(Arrays.copyOf(bytes, count)));
            }
            coming.close();
            requireSuccess(answer.get().statusCode(), answer.get().body());
        } catch (ExecutionException failed) {
            throw new IOException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        } finally {
            coming.closeExceptionally(new IOException("it was left off"));
            answer.cancel(true);
        }
    }

    private HttpResponse<byte[]> finished(
            URI address,
            Map<String, String> headers,
            Object message,
            AnswerLines body,
            Duration silence,
            Duration limit)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(address)
                .POST(HttpRequest.BodyPublishers.ofByteArray(Wire.write(message)))
                .header("Content-Type", "application/json");
        headers.forEach(request::header);
        CompletableFuture<HttpResponse<byte[]>> coming =
                http.sendAsync(request.build(), head -> body.begin(head.statusCode()));
        long began = System.nanoTime();
        try {
            while (true) {
                try {
                    return coming.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException notYet) {
                    if (body.silentNanos() > silence.toNanos()) {
                        throw new IOException("nothing was heard for %d s".formatted(silence.toSeconds()));
                    }
                    if (System.nanoTime() - began > limit.toNanos()) {
                        throw new IOException("it took longer than %d s".formatted(limit.toSeconds()));
                    }
                }
            }
        } catch (ExecutionException | CancellationException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw cause instanceof IOException known ? known : new IOException(cause);
        } finally {
            coming.cancel(true);
        }
    }

    private static HttpRequest.Builder request(URI address) {
        return HttpRequest.newBuilder(address).header(Wire.PROTOCOL_HEADER, String.valueOf(Wire.PROTOCOL));
    }

    static void requireSuccess(int status, byte[] body) {
        if (status == 200) {
            return;
        }
        try {
            throw Wire.read(body, Wire.Refusal.class).toException();
        } catch (ServiceException refused) {
            if (refused.code() == NodeError.MESSAGE_UNREADABLE) {
                throw NodeError.REFUSED.with("HTTP status " + status);
            }
            throw refused.code() == NodeError.REFUSED && UNABLE.contains(status)
                    ? NodeError.PEER_UNABLE.told(refused.sentence())
                    : refused;
        }
    }

    static <A> A read(URI address, byte[] body, Class<A> answer) throws IOException {
        try {
            return Wire.read(body, answer);
        } catch (ServiceException unreadable) {
            throw new IOException("the answer of %s is unreadable: %s".formatted(address, unreadable.sentence()));
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
