package io.kilonova.access;

import java.util.Optional;

/**
 * Whose resources a look-up may find; part of every storage key, so that another tenant's id reads as not found.
 *
 * @param projectId the one project, or empty for all
 */
public record Visibility(Optional<String> projectId) {
    private static final Visibility EVERYTHING = new Visibility(Optional.empty());

    /** One project's resources. */
    public static Visibility of(String projectId) {
        return new Visibility(Optional.of(projectId));
    }

    /** Every project's resources: for administrators and the system itself. */
    public static Visibility everything() {
        return EVERYTHING;
    }

    /** Whether resources of {@code project} are seen. */
    public boolean sees(String project) {
        return projectId.isEmpty() || projectId.get().equals(project);
    }
}
