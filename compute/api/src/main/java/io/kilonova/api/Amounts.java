package io.kilonova.api;

import tools.jackson.databind.JsonNode;

/** Whole numbers as OpenStack's clients send them: 512 or "512". Their form and bounds are checked already. */
final class Amounts {
    private Amounts() {}

    /** The number of that name; 0 without it. */
    static int of(JsonNode body, String name) {
        JsonNode node = body.path(name);
        return node.isMissingNode() ? 0 : Integer.parseInt(node.asString());
    }
}
