package io.kilonova.reliability;

import java.util.List;

/**
 * Where a process runs.
 *
 * @param address at which it listens
 * @param port at which it serves; 0 takes a free one
 * @param entry the command that takes a process there
 */
record Place(String address, int port, List<String> entry) {
    /** This machine's loopback. */
    static final Place LOOPBACK = new Place("127.0.0.1", 0, List.of());
}
