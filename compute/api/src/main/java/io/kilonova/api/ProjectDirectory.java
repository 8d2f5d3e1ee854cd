package io.kilonova.api;

import io.kilonova.http.HttpError;

/** Who knows which projects there are: the identity service. */
@FunctionalInterface
public interface ProjectDirectory {
    /** Whether there is a project of that id. */
    boolean exists(String projectId);

    /**
     * Refuses what is no project.
     *
     * @throws io.kilonova.errors.ServiceException {@link HttpError#BODY_INVALID}
     */
    default void require(String projectId) {
        if (!exists(projectId)) {
            throw HttpError.BODY_INVALID.with("Project ID %s is not a valid project.".formatted(projectId));
        }
    }
}
