package io.kilonova.operations;

import java.util.Optional;

/**
 * Which operations a list shows.
 *
 * @param ended true for those that have ended, false for those that go on
 * @param operation only this kind
 * @param project only this project's
 * @param subject only those of this subject
 */
public record OperationFilter(
        boolean ended, Optional<String> operation, Optional<String> project, Optional<String> subject) {
    /** All that go on. */
    public static OperationFilter live() {
        return new OperationFilter(false, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** All that have ended and are still remembered. */
    public static OperationFilter history() {
        return new OperationFilter(true, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same for one subject. */
    public OperationFilter of(String wanted) {
        return new OperationFilter(ended, operation, project, Optional.of(wanted));
    }
}
