package io.kilonova.servers;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One legal move of a server.
 *
 * @param command what is asked
 * @param sources states that it is legal in
 * @param tasks what may be being done at that time; see {@link TaskGuard}
 * @param through what is being done meanwhile, in order
 * @param destination the state after success; empty leaves it as it is
 * @param respectsLock whether a locked server refuses it
 * @param needsLaunch whether the server must have run once
 * @param needsHost whether the server must have a host
 * @param limit from acceptance to end
 */
public record Transition(
        ServerCommand command,
        Set<VmState> sources,
        TaskGuard tasks,
        List<TaskState> through,
        Optional<VmState> destination,
        boolean respectsLock,
        boolean needsLaunch,
        boolean needsHost,
        Duration limit) {
    /** What may be being done to a server when a command comes. */
    public sealed interface TaskGuard {
        /** Whatever. */
        record Anything() implements TaskGuard {}

        /** Nothing, or one of these. */
        record NothingOr(Set<TaskState> tasks) implements TaskGuard {}

        /** One of these. */
        record Only(Set<TaskState> tasks) implements TaskGuard {}

        /** Whether the guard lets a server pass. */
        default boolean allows(Optional<TaskState> task) {
            return switch (this) {
                case Anything() -> true;
                case NothingOr(Set<TaskState> allowed) -> task.isEmpty() || allowed.contains(task.get());
                case Only(Set<TaskState> allowed) ->
                    task.filter(allowed::contains).isPresent();
            };
        }
    }

    /** Begins a transition: legal in no state, nothing else being done, within ten minutes. */
    static Transition on(ServerCommand command) {
        return new Transition(
                command,
                Set.of(),
                new TaskGuard.NothingOr(Set.of()),
                List.of(),
                Optional.empty(),
                true,
                true,
                false,
                Duration.ofMinutes(10));
    }

    Transition from(VmState first, VmState... more) {
        return with(EnumSet.of(first, more), tasks, through, destination, respectsLock, needsLaunch, needsHost, limit);
    }

    Transition fromAny() {
        return with(
                EnumSet.allOf(VmState.class),
                new TaskGuard.Anything(),
                through,
                destination,
                respectsLock,
                false,
                needsHost,
                limit);
    }

    Transition during(TaskState... allowed) {
        return with(
                sources,
                new TaskGuard.NothingOr(Set.of(allowed)),
                through,
                destination,
                respectsLock,
                needsLaunch,
                needsHost,
                limit);
    }

    Transition duringOnly(TaskState... needed) {
        return with(
                sources,
                new TaskGuard.Only(Set.of(needed)),
                through,
                destination,
                respectsLock,
                needsLaunch,
                needsHost,
                limit);
    }

    Transition duringAnything() {
        return with(
                sources, new TaskGuard.Anything(), through, destination, respectsLock, needsLaunch, needsHost, limit);
    }

    Transition through(TaskState... states) {
        return with(sources, tasks, List.of(states), destination, respectsLock, needsLaunch, needsHost, limit);
    }

    Transition to(VmState state) {
        return with(sources, tasks, through, Optional.of(state), respectsLock, needsLaunch, needsHost, limit);
    }

    Transition evenWhenLocked() {
        return with(sources, tasks, through, destination, false, needsLaunch, needsHost, limit);
    }

    Transition onItsHost() {
        return with(sources, tasks, through, destination, respectsLock, needsLaunch, true, limit);
    }

    Transition within(Duration most) {
        return with(sources, tasks, through, destination, respectsLock, needsLaunch, needsHost, most);
    }

    private Transition with(
            Set<VmState> newSources,
            TaskGuard newTasks,
            List<TaskState> newThrough,
            Optional<VmState> newDestination,
            boolean newRespectsLock,
            boolean newNeedsLaunch,
            boolean newNeedsHost,
            Duration newLimit) {
        return new Transition(
                command,
                Set.copyOf(newSources),
                newTasks,
                newThrough,
                newDestination,
                newRespectsLock,
                newNeedsLaunch,
                newNeedsHost,
                newLimit);
    }
}
