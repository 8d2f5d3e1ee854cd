package io.kilonova.node;

/**
 * What a command is part of; gives it a number that stays the same when another controller repeats the step.
 *
 * @param operation the operation's id
 * @param step its step
 * @param subject what the operation is done to
 * @param fence grows from owner to owner and from operation to operation of one subject
 */
public record CommandScope(String operation, String step, String subject, long fence) {}
