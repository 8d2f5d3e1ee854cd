package io.kilonova.configuration;

/**
 * A place to listen at or to call.
 *
 * @param host a name or an address; an IPv6 address without its brackets
 * @param port 0 to 65535; 0 lets the system choose when listening
 */
public record HostAndPort(String host, int port) {
    /** Reads {@code host:port} or {@code [IPv6]:port}; throws {@link IllegalArgumentException} with a sentence. */
    public static HostAndPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || colon == text.length() - 1) {
            throw new IllegalArgumentException("a host and a port are wanted, such as 127.0.0.1:8088 or [::1]:8088");
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("an IPv6 address needs brackets, such as [::1]:8088");
        }
        if (host.isEmpty() || host.chars().anyMatch(character -> character <= ' ' || character == '/')) {
            throw new IllegalArgumentException("\"%s\" is no host".formatted(host));
        }
        return new HostAndPort(host, port(text.substring(colon + 1)));
    }

    /** Whether only this machine can call it. */
    public boolean isLoopback() {
        return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    private static int port(String text) {
        boolean digits = text.length() <= 5 && text.chars().allMatch(character -> character >= '0' && character <= '9');
        int port = digits ? Integer.parseInt(text) : -1;
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is a number from 0 to 65535, not \"%s\"".formatted(text));
        }
        return port;
    }

    /** As it stands in a URL: {@code 127.0.0.1:8088}, {@code [::1]:8088}. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[%s]:%d".formatted(host, port) : "%s:%d".formatted(host, port);
    }
}
