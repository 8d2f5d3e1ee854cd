package io.kilonova.benchmarks;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One HTTP/1.1 connection that is kept open: as little work a request as can be, some 10 µs, since the generator shares the
 * processors with what it measures.
 */
final class Connection implements AutoCloseable {
    private final Socket socket;
    private final InputStream input;

    /** What came back. */
    record Answer(int status, String token, String body) {}

    Connection(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Over a socket that is connected. */
    Connection(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        this.input = new BufferedInputStream(socket.getInputStream());
    }

    /** The bytes of a GET. */
    static byte[] get(String path, String token) {
        return bytes("GET", path, token, "");
    }

    /** The bytes of a request with a JSON body. */
    static byte[] bytes(String method, String path, String token, String body) {
        String head = "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                .formatted(method, path, body.length());
        String credentials =
                token.isEmpty() ? "" : "X-Auth-Token: " + token + "\r\nOpenStack-API-Version: compute 2.37\r\n";
        return (head + credentials + "\r\n" + body).getBytes(StandardCharsets.UTF_8);
    }

    /** Sends a request and reads its whole answer. */
    Answer exchange(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        String token = "";
        int length = 0;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String name = header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT);
            String value = header.substring(header.indexOf(':') + 1).strip();
            switch (name) {
                case "content-length" -> length = Integer.parseInt(value);
                case "transfer-encoding" -> chunked = value.equals("chunked");
                case "x-subject-token" -> token = value;
                default -> {}
            }
        }
        byte[] body = chunked ? chunks() : exactly(length);
        return new Answer(status, token, new String(body, StandardCharsets.UTF_8));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            all.writeBytes(exactly(size));
            line();
        }
        line();
        return all.toByteArray();
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = input.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the answer ends early");
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int next = input.read(); next != '\n'; next = input.read()) {
            if (next < 0) {
                throw new EOFException("the cloud closed the connection");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
