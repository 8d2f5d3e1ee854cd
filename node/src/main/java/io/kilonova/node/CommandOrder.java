package io.kilonova.node;

import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Under what a command is given: the number makes a repetition known, the fence an order of who no longer may give it.
 *
 * @param number the same for each repetition of one command, and for no other
 * @param subject what the command is part of work on; fences are compared within one
 * @param fence grows from owner to owner and from operation to operation of one subject; 0 for a command that stands alone
 */
public record CommandOrder(String number, String subject, long fence) {
    /** The order of a command of a step, or of one that stands alone. */
    static CommandOrder of(Optional<CommandScope> scope, String command, String guest, JsonNode asked) {
        return scope.map(step -> new CommandOrder(
                        "%s/%s/%s/%s/%s"
                                .formatted(
                                        step.operation(),
                                        step.step(),
                                        command,
                                        guest,
                                        PeerIdentity.digest(Wire.write(asked)).substring(0, 16)),
                        step.subject(),
                        step.fence()))
                .orElseGet(() -> {
                    String once = "once/" + UUID.randomUUID();
                    return new CommandOrder(once, once, 0);
                });
    }
}
