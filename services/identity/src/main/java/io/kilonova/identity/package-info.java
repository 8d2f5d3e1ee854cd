/**
 * Keystone v3, built in: who exists, what they may do where, and the tokens that say so. Serves the Identity API under
 * {@code /identity} and answers, for every other room, whose token a request carries.
 *
 * <p>What a caller may do is read from the database, never from the token: a token names a user, a scope and an end. So
 * whoever loses a role, is disabled or is deleted loses it at once. What was read is cached until anything here changes.
 */
@NullMarked
package io.kilonova.identity;

import org.jspecify.annotations.NullMarked;
