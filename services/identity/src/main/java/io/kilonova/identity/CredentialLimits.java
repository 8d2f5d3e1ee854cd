package io.kilonova.identity;

import io.kilonova.access.Policy;
import io.kilonova.http.Request;

/**
 * Keeps a limited token from making an unlimited credential: what came from a restricted application credential may neither
 * make nor remove credentials of any kind.
 */
final class CredentialLimits {
    private CredentialLimits() {}

    /**
     * The request's token, if it may make and remove credentials.
     *
     * @throws io.kilonova.errors.ServiceException {@link IdentityError#FORBIDDEN}
     */
    static TokenContext requireUnrestricted(Request request, Tokens tokens, Policy policy) {
        TokenContext token =
                request.header("X-Auth-Token").flatMap(tokens::validate).orElseThrow(IdentityError.UNAUTHORIZED::with);
        if (token.isRestricted()) {
            throw IdentityError.FORBIDDEN.with(policy.name());
        }
        return token;
    }
}
