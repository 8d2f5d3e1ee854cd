package io.kilonova.node;

import tools.jackson.databind.JsonNode;

/**
 * A command on its way.
 *
 * @param node the id of the node that it is for
 * @param order under which number and fence
 * @param question what is asked, in the form of the command
 */
record CommandEnvelope(String node, CommandOrder order, JsonNode question) {}
