package io.kilonova.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Who makes a request, as their token says.
 *
 * @param userId the user
 * @param userName the user's name, for logs and answers
 * @param userDomainId the domain that the user belongs to
 * @param projectId the project that the token is scoped to; empty for an unscoped, domain or system token
 * @param projectName the project's name
 * @param projectDomainId the domain that the project belongs to
 * @param domainId the domain that the token is scoped to
 * @param systemScoped whether the token is scoped to the whole system
 * @param roles role names, lower case, implied ones included
 * @param auditId names the token in logs; it cannot be used as a token
 * @param expiresAt when the token ends
 */
public record Caller(
        String userId,
        String userName,
        String userDomainId,
        Optional<String> projectId,
        Optional<String> projectName,
        Optional<String> projectDomainId,
        Optional<String> domainId,
        boolean systemScoped,
        Set<String> roles,
        String auditId,
        Instant expiresAt) {
    /** Whether the caller may act on every project ({@code context_is_admin}). */
    public boolean isAdmin() {
        return roles.contains("admin");
    }

    /** Whether the caller is a service of this cloud. */
    public boolean isService() {
        return roles.contains("service");
    }

    /**
     * The project that the caller works in.
     *
     * @throws io.kilonova.errors.ServiceException {@link AccessError#PROJECT_NEEDED} when the token has none
     */
    public String project() {
        return projectId.orElseThrow(AccessError.PROJECT_NEEDED::with);
    }

    /** What the caller may see: all projects for an administrator, else their own. */
    public Visibility visibility() {
        return isAdmin() ? Visibility.everything() : Visibility.of(project());
    }
}
