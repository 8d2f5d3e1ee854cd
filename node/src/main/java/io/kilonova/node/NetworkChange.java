package io.kilonova.node;

/**
 * A change of networks that was committed.
 *
 * @param kind for example {@code port}
 * @param id of what changed
 */
public record NetworkChange(String kind, String id) {}
