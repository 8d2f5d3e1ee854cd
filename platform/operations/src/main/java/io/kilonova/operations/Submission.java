package io.kilonova.operations;

/**
 * Work to be accepted.
 *
 * @param operation the name of its kind
 * @param state what the first step gets
 * @param project the project that it is done for; work is shared out fairly between projects
 * @param subject what it is done to, for example a server's id; one operation at a time and in order of acceptance
 * @param requestId the id of the request that asked for it
 */
public record Submission<S extends Record>(
        String operation, S state, String project, String subject, String requestId) {}
