package io.kilonova.http;

/**
 * Where a server listens.
 *
 * @param host an address; nothing beyond loopback unless told to
 * @param port TCP; 0 takes a free one
 */
public record ListenAddress(String host, int port) {
    /** A free port of the loopback interface. */
    public static ListenAddress anyLoopbackPort() {
        return new ListenAddress("127.0.0.1", 0);
    }
}
