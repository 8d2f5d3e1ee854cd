package io.kilonova.identity;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Someone who proved who they are.
 *
 * @param userId who
 * @param credentialEpoch of the user when they proved it, so that a password changed meanwhile ends the token too
 * @param methods how
 * @param parent the token that they came with
 * @param applicationCredentialId what limits them
 * @param endsBy when the proof ends; a token ends no later
 * @param fixedScope the only place where they may go, when the proof holds for one alone
 */
record Proven(
        String userId,
        long credentialEpoch,
        Set<AuthenticationMethod> methods,
        Optional<TokenContext> parent,
        Optional<String> applicationCredentialId,
        Optional<Instant> endsBy,
        Optional<ScopeReference> fixedScope) {}
