package io.kilonova.access;

import java.util.Optional;

/** Tells who a token belongs to. */
@FunctionalInterface
public interface Authenticator {
    /** The token's owner; empty when the token is unknown, expired, revoked or forged. */
    Optional<Caller> authenticate(String token);
}
