package io.kilonova.node;

import java.util.Map;
import java.util.Optional;

/**
 * How a command goes to a node.
 *
 * @param node which it is for
 * @param gate of the controller that passes it on; empty where it goes straight
 * @param origin the headers that say of which request it is part
 * @param envelope with the command
 */
record Delivery(NodeAddress node, Optional<String> gate, Map<String, String> origin, CommandEnvelope envelope) {}
