package io.kilonova.spi;

/**
 * Where a guest's screen is served.
 *
 * @param protocol {@code vnc} or {@code spice}
 * @param address of the host
 * @param port TCP
 */
public record GraphicsEndpoint(String protocol, String address, int port) {}
