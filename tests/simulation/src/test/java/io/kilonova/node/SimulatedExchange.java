package io.kilonova.node;

import io.kilonova.errors.ServiceException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.PublicKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One call between two simulated processes, and what has come back of its answer. */
final class SimulatedExchange implements PeerCall {
    private final SimulatedNetwork.Conditions conditions;
    private final SimulatedNetwork.Message message;
    private final Request request;
    private final boolean isHeard;
    private final Deque<byte[]> answer = new ArrayDeque<>();
    private CompletableFuture<Boolean> news = new CompletableFuture<>();
    private final CompletableFuture<Boolean> end = new CompletableFuture<>();
    private Optional<PeerRoute> route = Optional.empty();
    private int status;
    private boolean over;
    private boolean cut;
    private boolean silent;

    /** What is asked, by whom. */
    record Request(String method, PeerIdentity peer, Map<String, String> headers, byte[] body) {}

    SimulatedExchange(
            SimulatedNetwork.Conditions conditions,
            SimulatedNetwork.Message message,
            Request request,
            boolean isHeard) {
        this.conditions = conditions;
        this.message = message;
        this.request = request;
        this.isHeard = isHeard;
    }

    /** Answers it with the program's own routes. */
    void serve(List<PeerRoute> routes) {
        try {
            PeerRoute found = routes.stream()
                    .filter(known -> known.matches(request.method(), message.path()))
                    .findFirst()
                    .orElseThrow(() -> NodeError.NO_SUCH_ADDRESS.with(message.path()));
            route = Optional.of(found);
            found.requireCaller(Optional.of(request.peer()));
            found.handler().handle(this);
            finish();
        } catch (ServiceException refused) {
            refuse(refused);
        } catch (IOException left) {
            cut();
        } finally {
            end.complete(true);
        }
    }

    private void refuse(ServiceException refused) {
        try {
            if (status != 0) {
                throw new IOException("refused halfway");
            }
            answer(refused.code().status(), Wire.Refusal.of(refused));
            finish();
        } catch (IOException left) {
            cut();
        }
    }

    private void finish() {
        if (!isHeard) {
            cut();
        } else if (!silent && !isAway()) {
            over = true;
            tell();
        }
    }

    private boolean isAway() {
        silent = silent || !conditions.reaches(message.to(), message.from());
        return silent;
    }

    private void send(byte[] bytes) throws IOException {
        if (cut) {
            throw new IOException("the caller went away");
        }
        boolean alive = bytes.length == 1; // a sign of life: an empty line
        if ((isHeard || alive) && !isAway()) {
            answer.add(bytes);
            tell();
        }
    }

    private void tell() {
        news.complete(true);
    }

    /** The connection ends, and both sides know. */
    void cut() {
        cut = true;
        tell();
        end.complete(true);
    }

    /** Nothing comes any more, and nobody says so. */
    void silence() {
        silent = true;
        end.complete(true);
    }

    /** The next part of the answer, if it is there. */
    Optional<byte[]> next() {
        return Optional.ofNullable(answer.poll());
    }

    /** Done when there is more to see. */
    CompletableFuture<Boolean> news() {
        news = new CompletableFuture<>();
        return news;
    }

    /** Done when nothing more is done for it. */
    CompletableFuture<Boolean> end() {
        return end;
    }

    boolean isOver() {
        return over;
    }

    boolean isCut() {
        return cut;
    }

    int status() {
        return status;
    }

    @Override
    public PeerIdentity peer() {
        return request.peer();
    }

    @Override
    public PublicKey key() {
        throw new UnsupportedOperationException("there are no keys in the simulation");
    }

    @Override
    public String rest() {
        return message.path().substring(route.orElseThrow().path().length());
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.headers().get(name));
    }

    @Override
    public <T> T message(Class<T> type) {
        return Wire.read(request.body(), type);
    }

    @Override
    public InputStream body() {
        return new ByteArrayInputStream(request.body());
    }

    @Override
    public void answer(int given, Object told) throws IOException {
        status = given;
        send(Wire.write(told));
    }

    @Override
    public OutputStream stream(String contentType) {
        status = 200;
        return new ByteArrayOutputStream() {
            @Override
            public void flush() throws IOException {
                if (size() > 0) {
                    byte[] bytes = toByteArray();
                    reset();
                    send(bytes);
                }
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }
}
