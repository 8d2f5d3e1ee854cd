package io.kilonova.servers;

/**
 * Who asked for an operation, as it is carried through it.
 *
 * @param userId the user
 * @param projectId the project of the user's token
 * @param requestId the request
 * @param actionId the action in the server's history
 */
public record Requester(String userId, String projectId, String requestId, long actionId) {}
