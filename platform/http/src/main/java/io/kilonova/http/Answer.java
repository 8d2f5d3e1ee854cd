package io.kilonova.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** What a handler answers: a status, headers, and a body that is written when the response is under way. */
public final class Answer {
    private final OptionalInt status;
    private final List<Map.Entry<String, String>> headers;
    private final Optional<Body> body;

    /** The bytes of an answer. */
    private record Body(String contentType, OptionalLong length, StreamBody writer) {}

    /** Writes an answer's bytes. */
    @FunctionalInterface
    public interface StreamBody {
        /** Writes all of the body to {@code stream} and leaves it open. */
        void write(OutputStream stream) throws IOException;
    }

    private Answer(OptionalInt status, List<Map.Entry<String, String>> headers, Optional<Body> body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** A JSON body with the route's status. */
    public static Answer json(Consumer<JsonWriter> content) {
        return stream("application/json", OptionalLong.empty(), stream -> {
            JsonWriter json = new JsonWriter(stream);
            content.accept(json);
            json.close();
        });
    }

    /** No body, with the route's status. */
    public static Answer empty() {
        return new Answer(OptionalInt.empty(), List.of(), Optional.empty());
    }

    /** A body of another type; {@code length} in bytes where it is known. */
    public static Answer stream(String contentType, OptionalLong length, StreamBody writer) {
        return new Answer(OptionalInt.empty(), List.of(), Optional.of(new Body(contentType, length, writer)));
    }

    /** Plain text in UTF-8. */
    public static Answer text(String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return stream("text/plain; charset=UTF-8", OptionalLong.of(bytes.length), stream -> stream.write(bytes));
    }

    /** The same answer with a status other than the route's. */
    public Answer status(int code) {
        return new Answer(OptionalInt.of(code), headers, body);
    }

    /** The same answer with one more header. */
    public Answer header(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new Answer(status, List.copyOf(more), body);
    }

    /** The answer with its body written out, as it can be kept and given again. */
    RepeatedRequests.Recorded record(int routeStatus) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (hasBody()) {
            write(bytes);
        }
        return new RepeatedRequests.Recorded(
                status(OptionalInt.of(routeStatus)),
                headers.stream()
                        .filter(header -> header.getKey().equals("Location"))
                        .map(Map.Entry::getValue)
                        .findFirst(),
                body.map(Body::contentType),
                bytes.toByteArray());
    }

    /** An answer that was kept. */
    static Answer of(RepeatedRequests.Recorded kept) {
        Answer answer = kept.contentType()
                .map(type -> stream(type, OptionalLong.of(kept.body().length), out -> out.write(kept.body())))
                .orElseGet(Answer::empty)
                .status(kept.status());
        return kept.location()
                .map(address -> answer.header("Location", address))
                .orElse(answer);
    }

    int status(OptionalInt routeStatus) {
        return status.orElse(routeStatus.orElse(200));
    }

    List<Map.Entry<String, String>> headers() {
        return headers;
    }

    boolean hasBody() {
        return body.isPresent();
    }

    String contentType() {
        return body.orElseThrow().contentType();
    }

    OptionalLong length() {
        return body.orElseThrow().length();
    }

    void write(OutputStream stream) throws IOException {
        body.orElseThrow().writer().write(stream);
    }
}
