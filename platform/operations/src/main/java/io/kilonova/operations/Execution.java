package io.kilonova.operations;

import io.kilonova.errors.ServiceException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one operation from where it is stored to its end, a turn at a time. What a turn decided counts only when the
 * commit finds the row as the turn found it: same owner, same fence, same step. Otherwise the operation belongs to another.
 */
final class Execution<S extends Record> implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);
    private static final int ENDING_ATTEMPTS = 8;

    private final Controller controller;
    private final Kind<S> kind;
    private final StepRunner runner;
    private volatile OperationRow row;
    private volatile String cancelReason;
    private S state;
    // Whether the present step may have had an effect: always after a crash, not before its first run here.
    private boolean begun;
    // Whether a commit was not answered, so that the stored row may be further than ours.
    private boolean uncertain;
    private int conflicts;
    private int attempts;
    private int endingAttempts;
    private String undoFailure = "";

    Execution(Controller controller, Kind<S> kind, OperationRow row, boolean fresh) {
        this.controller = controller;
        this.kind = kind;
        this.row = row;
        this.cancelReason = row.cancelReason();
        this.state = kind.state(row.state());
        this.begun = !fresh;
        this.runner = new StepRunner(row, controller.clock());
    }

    /** What follows a turn. */
    sealed interface Next {
        /** Another turn at once. */
        record Turn() implements Next {}

        /** Another turn at a time, in milliseconds. */
        record Later(long at) implements Next {}

        /** Nothing: ended, or no longer ours. */
        record Over() implements Next {}
    }

    OperationRow row() {
        return row;
    }

    StepRunner runner() {
        return runner;
    }

    /** Somebody asked to stop. */
    void cancel(String reason) {
        if (cancelReason.isEmpty() && row.phase() != OperationPhase.COMPENSATING) {
            cancelReason = reason;
            runner.cancel();
        }
    }

    /** The edge of the thread. */
    @Override
    public void run() {
        Next next = new Next.Turn();
        try {
            while (next instanceof Next.Turn && controller.carriesOn()) {
                next = turn();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("operation {} ({}) meets a fault of the engine; it is tried again", row.id(), row.operation(), e);
            next = new Next.Later(controller.now() + 1_000);
        }
        controller.left(this, next);
    }

    private Next turn() {
        try {
            if (uncertain && !reload()) {
                return new Next.Over();
            }
            return switch (row.phase()) {
                case RUNNING -> runTurn();
                case COMPENSATING -> undoTurn();
                case QUEUED -> end(failureOfQueued());
                case SUCCEEDED, FAILED, CANCELLED -> new Next.Over();
            };
        } catch (Fenced e) {
            return refused();
        } catch (ServiceException e) {
            if (!Failures.isStorageTrouble(e)) {
                throw e;
            }
            uncertain = true;
            LOG.warn("operation {} waits for the database: {}", row.id(), e.sentence());
            return new Next.Later(controller.now() + pause(++attempts));
        }
    }

    private Failure failureOfQueued() {
        return cancelReason.isEmpty() ? deadlinePassed("") : cancelled("");
    }

    private Next runTurn() {
        Step<S> step = kind.steps().get(row.step());
        if (!cancelReason.isEmpty()) {
            return compensate(cancelled(step.name()));
        }
        if (controller.now() >= row.deadlineAt()) {
            return compensate(deadlinePassed(step.name()));
        }
        begun = true;
        S before = state;
        return switch (runner.attempt(
                step.limit(), row.deadlineAt(), context -> step.run().run(before, context))) {
            case StepRunner.Attempt.Came<S>(Done<S> done) -> came(step, done);
            case StepRunner.Attempt.Conflict<S>(String reason) -> conflict(step, reason);
            case StepRunner.Attempt.Failed<S>(RuntimeException reason) -> compensate(Failures.of(reason, step.name()));
            case StepRunner.Attempt.Broken<S>(Throwable reason) -> compensate(fault(reason, step.name()));
            case StepRunner.Attempt.Stopped<S>(StepRunner.Stop cause) -> stopped(step, cause);
        };
    }

    private Next came(Step<S> step, Done<S> done) {
        controller.reached("ran " + step.name());
        if (done instanceof Done.Waiting<S>(Duration delay, String reason)) {
            long at = Math.min(controller.now() + Math.max(1, delay.toMillis()), row.deadlineAt());
            runner.waits(reason, at);
            return new Next.Later(at);
        }
        Done.Finished<S> finished = (Done.Finished<S>) done;
        try {
            return row.step() + 1 == kind.steps().size() ? succeed(finished) : advance(finished);
        } catch (StepConflict e) {
            return conflict(step, e.reason());
        } catch (Fenced e) {
            throw e;
        } catch (ServiceException e) {
            if (Failures.isStorageTrouble(e)) {
                throw e;
            }
            return compensate(Failures.of(e, step.name()));
        } catch (RuntimeException e) {
            return compensate(fault(e, step.name()));
        }
    }

    private Next advance(Done.Finished<S> finished) {
        OperationRow now = row;
        OperationRow next =
                now.at(OperationPhase.RUNNING, now.step() + 1, StateCodec.write(finished.state()), controller.now());
        controller.commit(transaction -> {
            finished.changes().accept(transaction);
            fence(OperationTable.advance(transaction.sql(), now, next));
        });
        moved(next, finished.state());
        return new Next.Turn();
    }

    private Next succeed(Done.Finished<S> finished) {
        OperationRow now = row;
        Ending<S> ending = ending(Outcome.SUCCEEDED, finished.state(), Optional.empty(), "");
        controller.commit(transaction -> {
            finished.changes().accept(transaction);
            kind.operation().ended(ending, transaction);
            fence(OperationTable.remove(transaction.sql(), now, true));
            controller.remember(transaction, now, Outcome.SUCCEEDED, kind);
        });
        controller.counters().ended(Outcome.SUCCEEDED);
        return new Next.Over();
    }

    private Next conflict(Step<S> step, String reason) {
        controller.counters().conflicts.increment();
        if (++conflicts > controller.options().conflictLimit()) {
            return compensate(
                    Failures.of(OperationError.STEP_CONFLICTS.with(step.name(), conflicts, reason), step.name()));
        }
        return new Next.Turn();
    }

    private Next stopped(Step<S> step, StepRunner.Stop cause) {
        return switch (cause) {
            case LIMIT ->
                compensate(Failures.of(
                        OperationError.STEP_TIMED_OUT.with(
                                step.name(), step.limit().toSeconds()),
                        step.name()));
            case DEADLINE -> compensate(deadlinePassed(step.name()));
            // The flag says why; without one nobody stopped it and the step runs again.
            case CANCELLED -> new Next.Turn();
            case ABANDONED -> new Next.Over();
        };
    }

    /** Turns around: from here on what was done is undone, last first. */
    private Next compensate(Failure failure) {
        LOG.info(
                "operation {} ({}) fails at step {}: {}",
                row.id(),
                row.operation(),
                failure.step(),
                failure.sentence());
        OptionalInt undo =
                begun || row.step() > 0 ? undoFrom(begun ? row.step() : row.step() - 1) : OptionalInt.empty();
        OperationRow now = row;
        if (undo.isEmpty()) {
            return end(failure);
        }
        OperationRow next = now.at(OperationPhase.COMPENSATING, undo.getAsInt(), now.state(), controller.now())
                .failing(StateCodec.write(failure), "");
        controller.commit(transaction -> fence(OperationTable.advance(transaction.sql(), now, next)));
        moved(next, state);
        return new Next.Turn();
    }

    private Next undoTurn() {
        Step<S> step = kind.steps().get(row.step());
        long bound = row.stepSince() + controller.options().compensationLimit().toMillis();
        if (controller.now() >= bound) {
            String reason = undoFailure.isEmpty() ? "no time was left" : undoFailure;
            String given = "The step %s could not be undone: %s".formatted(step.name(), reason);
            LOG.error("operation {} ({}) gives up: {}", row.id(), row.operation(), given);
            return undone(Done.with(state), (row.compensationFailure() + " " + given).strip());
        }
        S before = state;
        return switch (runner.attempt(
                step.limit(), bound, context -> step.undo().undo(before, context))) {
            case StepRunner.Attempt.Came<S>(Done<S> done) -> cameBack(step, done, bound);
            case StepRunner.Attempt.Conflict<S>(String reason) -> undoAgain(reason, bound);
            case StepRunner.Attempt.Failed<S>(RuntimeException reason) ->
                undoAgain(Failures.of(reason, step.name()).sentence(), bound);
            case StepRunner.Attempt.Broken<S>(Throwable reason) ->
                undoAgain(fault(reason, step.name()).sentence(), bound);
            case StepRunner.Attempt.Stopped<S>(StepRunner.Stop cause) ->
                cause == StepRunner.Stop.ABANDONED
                        ? new Next.Over()
                        : undoAgain(
                                "it took longer than %d seconds"
                                        .formatted(step.limit().toSeconds()),
                                bound);
        };
    }

    private Next cameBack(Step<S> step, Done<S> done, long bound) {
        controller.reached("undid " + step.name());
        if (done instanceof Done.Waiting<S>(Duration delay, String reason)) {
            long at = Math.min(controller.now() + Math.max(1, delay.toMillis()), bound);
            runner.waits(reason, at);
            return new Next.Later(at);
        }
        try {
            return undone(done, row.compensationFailure());
        } catch (StepConflict e) {
            return undoAgain(e.reason(), bound);
        } catch (Fenced e) {
            throw e;
        } catch (ServiceException e) {
            if (Failures.isStorageTrouble(e)) {
                throw e;
            }
            return undoAgain(e.sentence(), bound);
        } catch (RuntimeException e) {
            return undoAgain(fault(e, step.name()).sentence(), bound);
        }
    }

    private Next undoAgain(String reason, long bound) {
        undoFailure = reason;
        long at = Math.min(controller.now() + pause(++attempts), bound);
        runner.waits("Undoing is tried again: " + reason, at);
        return new Next.Later(at);
    }

    private Next undone(Done<S> done, String compensationFailure) {
        Done.Finished<S> finished = (Done.Finished<S>) done;
        OptionalInt before = undoFrom(row.step() - 1);
        OperationRow now = row;
        if (before.isEmpty()) {
            return finish(finished, now.failing(now.failure(), compensationFailure));
        }
        OperationRow next = now.at(
                        OperationPhase.COMPENSATING,
                        before.getAsInt(),
                        StateCodec.write(finished.state()),
                        controller.now())
                .failing(now.failure(), compensationFailure);
        controller.commit(transaction -> {
            finished.changes().accept(transaction);
            fence(OperationTable.advance(transaction.sql(), now, next));
        });
        moved(next, finished.state());
        return new Next.Turn();
    }

    /** Ends without success where nothing is to be undone. */
    private Next end(Failure failure) {
        return finish(new Done.Finished<>(state, transaction -> {}), row.failing(StateCodec.write(failure), ""));
    }

    private Next finish(Done.Finished<S> finished, OperationRow now) {
        Failure failure = StateCodec.read(now.failure(), Failure.class);
        Outcome outcome =
                failure.code().equals(OperationError.OPERATION_CANCELLED.name()) ? Outcome.CANCELLED : Outcome.FAILED;
        Ending<S> ending = ending(outcome, finished.state(), Optional.of(failure), now.compensationFailure());
        boolean told = endingAttempts < ENDING_ATTEMPTS;
        try {
            controller.commit(transaction -> {
                finished.changes().accept(transaction);
                if (told) {
                    kind.operation().ended(ending, transaction);
                }
                fence(OperationTable.remove(transaction.sql(), now, false));
                controller.remember(transaction, now.cancelled(cancelReason), outcome, kind);
            });
        } catch (Fenced | StepConflict e) {
            throw e;
        } catch (RuntimeException e) {
            if (e instanceof ServiceException known && Failures.isStorageTrouble(known)) {
                throw known;
            }
            endingAttempts++;
            LOG.error(
                    "operation {} ({}) could not write its end, attempt {}",
                    now.id(),
                    now.operation(),
                    endingAttempts,
                    e);
            return new Next.Later(controller.now() + pause(endingAttempts));
        }
        controller.counters().ended(outcome);
        return new Next.Over();
    }

    private Ending<S> ending(Outcome outcome, S last, Optional<Failure> failure, String compensationFailure) {
        return new Ending<>(
                row.id(),
                row.project(),
                row.subject(),
                row.requestId(),
                outcome,
                last,
                failure,
                Optional.of(compensationFailure).filter(text -> !text.isEmpty()),
                Instant.ofEpochMilli(controller.now()));
    }

    /** The step at or before {@code from} whose compensation does something. */
    private OptionalInt undoFrom(int from) {
        return IntStream.iterate(from, index -> index >= 0, index -> index - 1)
                .filter(index -> !(kind.steps().get(index).undo() instanceof NoUndo<S>))
                .findFirst();
    }

    private void moved(OperationRow next, S newState) {
        row = next;
        state = newState;
        conflicts = 0;
        attempts = 0;
        undoFailure = "";
        begun = next.phase() == OperationPhase.COMPENSATING;
        runner.moved(next);
        controller.counters().stepsDone.increment();
        controller.reached("committed " + next.phase() + " " + next.step());
    }

    /** The row was not as we left it: cancelled meanwhile, or another's. */
    private Next refused() {
        OperationRow mine = row;
        String flagged = mine.phase() == OperationPhase.RUNNING ? controller.cancelReason(mine) : "";
        if (!flagged.isEmpty()) {
            cancelReason = flagged;
            return new Next.Turn();
        }
        controller.counters().fencedOff.increment();
        return new Next.Over();
    }

    private boolean reload() {
        Optional<OperationRow> stored = controller.stored(row);
        uncertain = false;
        if (stored.isEmpty()) {
            return false;
        }
        OperationRow now = stored.get();
        if (now.step() != row.step() || now.phase() != row.phase()) {
            row = now;
            state = kind.state(now.state());
            runner.moved(now);
        }
        cancelReason = now.cancelReason();
        begun = true;
        return true;
    }

    private static void fence(boolean found) {
        if (!found) {
            throw new Fenced();
        }
    }

    private Failure cancelled(String step) {
        return Failures.of(OperationError.OPERATION_CANCELLED.with(cancelReason), step);
    }

    private Failure deadlinePassed(String step) {
        long seconds = (row.deadlineAt() - row.acceptedAt()) / 1_000;
        return Failures.of(OperationError.DEADLINE_PASSED.with(seconds), step);
    }

    private Failure fault(@Nullable Throwable reason, String step) {
        LOG.error(
                "operation {} ({}) fails at step {} for a reason that is not expected",
                row.id(),
                row.operation(),
                step,
                reason);
        return Failures.of(OperationError.STEP_FAULT.with(step), step);
    }

    /** 1, 2, 4 … at most 60 seconds, and up to a quarter more so that many do not come back at once. */
    private long pause(int attempt) {
        long base = Math.min(60_000, 1_000L << Math.min(attempt - 1, 6));
        return base + controller.options().random().nextLong(base / 4);
    }

    /** The row was not as it was left. */
    static final class Fenced extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fenced() {
            super(null, null, false, false);
        }
    }
}
