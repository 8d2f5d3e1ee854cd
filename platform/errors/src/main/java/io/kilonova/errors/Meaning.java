package io.kilonova.errors;

/**
 * What an error tells, whatever it is called.
 *
 * @param owner who has to act
 * @param status the HTTP status that it has at an API, 400 to 599
 * @param sentence the sentence, with {@link String#format} places for the arguments
 */
public record Meaning(Owner owner, int status, String sentence) {}
