package io.kilonova.node;

/**
 * Which controller holds the middle of the cloud's networks.
 *
 * @param gate HOST:PORT of that controller, as nodes reach it
 * @param southbound where OVN's southbound database is, in the daemons' notation; empty while it is being filled
 * @param lapsed whether it has not said for a while that it does
 */
public record NetworkSeat(String gate, String southbound, boolean lapsed) {}
