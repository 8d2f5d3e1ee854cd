package io.kilonova.node;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a node remembers of the commands that it was given. */
interface CommandMemory {
    /** What the command of this number answered, when it was done. */
    Optional<JsonNode> answer(String number);

    /**
     * Takes notice of the fence of an order.
     *
     * @throws io.kilonova.errors.ServiceException {@link NodeError#STALE_COMMAND} when a later one was here
     */
    void pass(CommandOrder order);

    /** Remembers what a command answered. */
    void done(CommandOrder order, JsonNode answer);
}
