package io.kilonova.node;

/**
 * Commands that a controller gave to a node, of one outcome.
 *
 * @param count how many
 * @param seconds how long they took together, by the controller's clock
 */
public record CommandsGiven(long count, double seconds) {}
