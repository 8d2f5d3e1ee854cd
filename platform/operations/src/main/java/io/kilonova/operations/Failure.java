package io.kilonova.operations;

/**
 * Why an operation did not succeed, as it is stored and may be told to its owner.
 *
 * @param code the name of the {@link io.kilonova.errors.ErrorCode}
 * @param status its HTTP status
 * @param sentence what happened
 * @param step the step at which it happened, or empty when none had begun
 */
public record Failure(String code, int status, String sentence, String step) {}
