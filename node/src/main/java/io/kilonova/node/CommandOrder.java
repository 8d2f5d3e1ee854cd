package io.kilonova.node;

/**
 * Under what a command is given: the number makes a repetition known, the fence an order of who no longer may give it.
 *
 * @param number the same for each repetition of one command, and for no other
 * @param subject what the command is part of work on; fences are compared within one
 * @param fence grows from owner to owner and from operation to operation of one subject; 0 for a command that stands alone
 */
public record CommandOrder(String number, String subject, long fence) {}
