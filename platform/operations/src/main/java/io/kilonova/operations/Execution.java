package io.kilonova.operations;

import io.kilonova.errors.ServiceException;
import io.kilonova.operations.Turns.Next;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one operation from where it is stored to its end, a turn at a time: forward through its steps, and backward
 * through their compensations once it fails. What a turn decided counts only when the commit finds the row as the turn found
 * it: same owner, same fence, same step. Otherwise the operation belongs to another.
 */
final class Execution<S extends Record> implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);
    private static final int ENDING_ATTEMPTS = 8;

    private final Controller controller;
    private final Kind<S> kind;
    private final StepRunner runner;
    private final Time time;
    private volatile OperationRow row;
    private volatile String cancelReason;
    private volatile String line = "";
    private S state;
    // When the deadline passes, or a compensation is given up, by the clock that does not jump.
    private volatile long boundAt;
    // Whether the present step may have had an effect: always after a crash, not before its first run here.
    private boolean begun;
    // Whether a commit was not answered, so that the stored row may be further than ours.
    private boolean uncertain;
    private int conflicts;
    private int attempts;
    private int endingAttempts;
    private String undoFailure = "no time was left";

    Execution(Controller controller, Kind<S> kind, OperationRow row, boolean fresh) {
        this.controller = controller;
        this.kind = kind;
        this.time = controller.time();
        this.row = row;
        this.cancelReason = row.cancelReason();
        this.state = kind.state(row.position().state());
        this.begun = !fresh;
        this.runner = new StepRunner(row, time, controller.lease());
        this.boundAt = bound();
    }

    OperationRow row() {
        return row;
    }

    StepRunner runner() {
        return runner;
    }

    /** The slot in whose line it stands, or stood when it got its thread. */
    String line() {
        return line;
    }

    void standIn(String slot) {
        line = slot;
    }

    /** Somebody asked to stop. */
    void cancel(String reason) {
        if (cancelReason.isEmpty() && row.phase() != OperationPhase.COMPENSATING) {
            cancelReason = reason;
            runner.cancel();
        }
    }

    /** Whether its time is over while it waits for something else. */
    boolean isLate() {
        return time.elapsed() >= boundAt;
    }

    /** The edge of the thread. */
    @Override
    public void run() {
        Next next = new Next.Turn();
        try {
            while (next instanceof Next.Turn && controller.carriesOn()) {
                next = row.traceParent().map(trace -> trace.during(this::turn)).orElseGet(this::turn);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("operation {} ({}) meets a fault of the engine; it is tried again", row.id(), row.operation(), e);
            next = new Next.Later(1_000);
        }
        controller.left(this, next);
    }

    private Next turn() {
        try {
            if (uncertain && !reload()) {
                return new Next.Over();
            }
            return switch (row.phase()) {
                case RUNNING, COMPENSATING -> step(kind.steps().get(row.step()));
                case QUEUED ->
                    fail(unchanged(), reasonToStop("").orElseGet(() -> Failures.deadlinePassed(row, "")), "");
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
            return new Next.Later(controller.pause(++attempts));
        }
    }

    private boolean isForward() {
        return row.phase() == OperationPhase.RUNNING;
    }

    private Next step(Step<S> step) {
        if (!isForward() && time.elapsed() >= boundAt) {
            return giveUp(step);
        }
        Optional<Failure> stop = isForward() ? reasonToStop(step.name()) : Optional.empty();
        if (stop.isPresent()) {
            return turnAround(stop.get());
        }
        Optional<Slot> slot = isForward() ? step.slot(state) : Optional.empty();
        if (slot.isPresent() && !row.position().slot().equals(slot.get().key()) && !take(slot.get())) {
            runner.waits(slot.get().sentence(), 0);
            return new Next.InLine(slot.get().key());
        }
        begun = true;
        S before = state;
        long since = System.nanoTime();
        StepRunner.Attempt<S> attempt = runner.attempt(
                step,
                boundAt,
                context -> controller
                        .database()
                        .guarded(
                                this::requireOurs,
                                () -> isForward()
                                        ? step.run().run(before, context)
                                        : step.undo().undo(before, context)));
        controller.metrics().step(row, step.name(), attempt, System.nanoTime() - since);
        return switch (attempt) {
            case StepRunner.Attempt.Came<S>(Done<S> done) -> came(step, done);
            case StepRunner.Attempt.Threw<S>(Throwable reason) -> setback(step, reason);
            case StepRunner.Attempt.Stopped<S>(StepRunner.Stop cause) -> stopped(step, cause);
        };
    }

    private Optional<Failure> reasonToStop(String step) {
        if (!cancelReason.isEmpty()) {
            return Optional.of(Failures.cancelled(cancelReason, step));
        }
        return isLate() ? Optional.of(Failures.deadlinePassed(row, step)) : Optional.empty();
    }

    private Next came(Step<S> step, Done<S> done) {
        controller.reached((isForward() ? "ran " : "undid ") + step.name());
        return switch (done) {
            case Done.Waiting<S>(Duration delay, String reason) -> waits(delay.toMillis(), reason);
            case Done.Finished<S> finished -> {
                try {
                    yield isForward()
                            ? forward(finished)
                            : backward(finished, row.position().compensationFailure());
                } catch (RuntimeException e) {
                    yield setback(step, e);
                }
            }
        };
    }

    private Next waits(long millis, String reason) {
        long pause = Math.clamp(boundAt - time.elapsed(), 0, Math.max(1, millis));
        runner.waits(reason, time.now() + pause);
        return new Next.Later(pause);
    }

    /** What a step threw, or the commit of what it did. */
    private Next setback(Step<S> step, Throwable reason) {
        if (reason instanceof Fenced fenced) {
            throw fenced;
        }
        if (reason instanceof ServiceException trouble && Failures.isStorageTrouble(trouble)) {
            throw trouble;
        }
        if (reason instanceof StepConflict conflict) {
            return isForward() ? again(step, conflict.reason()) : undoAgain(conflict.reason());
        }
        if (!(reason instanceof ServiceException)) {
            LOG.error(
                    "operation {} ({}): the step {} fails unexpectedly",
                    row.id(),
                    row.operation(),
                    step.name(),
                    reason);
        }
        return setback(Failures.of(reason, step.name()));
    }

    private Next setback(Failure failure) {
        return isForward() ? turnAround(failure) : undoAgain(failure.sentence());
    }

    private Next stopped(Step<S> step, StepRunner.Stop cause) {
        return switch (cause) {
            case LIMIT -> setback(Failures.timedOut(step));
            case DEADLINE -> turnAround(Failures.deadlinePassed(row, step.name()));
            // The flag says why; without one nobody stopped it and the step runs again.
            case CANCELLED -> new Next.Turn();
            case ABANDONED -> new Next.Over();
        };
    }

    private Next again(Step<S> step, String reason) {
        controller.counters().conflicts.increment();
        if (++conflicts > controller.options().bounds().conflictLimit()) {
            return turnAround(
                    Failures.of(OperationError.STEP_CONFLICTS.with(step.name(), conflicts, reason), step.name()));
        }
        return new Next.Turn();
    }

    private Next forward(Done.Finished<S> finished) {
        int next = row.step() + 1;
        return next == kind.steps().size()
                ? end(finished, row, Outcome.SUCCEEDED, Optional.empty())
                : move(finished, place(OperationPhase.RUNNING, next, finished.state()));
    }

    /** Turns around: from here on what was done is undone, last first. */
    private Next turnAround(Failure failure) {
        OptionalInt undo = kind.undoFrom(begun ? row.step() : row.step() - 1);
        return undo.isEmpty()
                ? fail(unchanged(), failure, "")
                : move(
                        unchanged(),
                        place(OperationPhase.COMPENSATING, undo.getAsInt(), state)
                                .failing(StateCodec.write(failure), ""));
    }

    private Next giveUp(Step<S> step) {
        String reason = "The step %s could not be undone: %s".formatted(step.name(), undoFailure);
        LOG.error("operation {} ({}) gives up: {}", row.id(), row.operation(), reason);
        return backward(unchanged(), (row.position().compensationFailure() + " " + reason).strip());
    }

    private Next undoAgain(String reason) {
        undoFailure = reason;
        return waits(controller.pause(++attempts), "Undoing is tried again: " + reason);
    }

    private Next backward(Done.Finished<S> finished, String compensationFailure) {
        OptionalInt before = kind.undoFrom(row.step() - 1);
        String failure = row.position().failure();
        return before.isEmpty()
                ? fail(finished, StateCodec.read(failure, Failure.class), compensationFailure)
                : move(
                        finished,
                        place(OperationPhase.COMPENSATING, before.getAsInt(), finished.state())
                                .failing(failure, compensationFailure));
    }

    private OperationRow.Position place(OperationPhase phase, int step, S next) {
        // Forward it is told how much of the time until the deadline is left by the clock that does not jump.
        long since =
                phase == OperationPhase.RUNNING ? row.accepted().deadlineAt() - (boundAt - time.elapsed()) : time.now();
        return new OperationRow.Position(phase, step, StateCodec.write(next), since, "", "", "");
    }

    private Done.Finished<S> unchanged() {
        return new Done.Finished<>(state, transaction -> {});
    }

    /** Commits a step with where the operation goes next, and takes the slot that is needed there if one is free. */
    private Next move(Done.Finished<S> finished, OperationRow.Position next) {
        OperationRow now = row;
        Optional<Slot> slot = next.phase() == OperationPhase.RUNNING
                ? kind.steps().get(next.step()).slot(finished.state())
                : Optional.empty();
        OperationRow moved = now.at(controller.commit(transaction -> {
            finished.changes().accept(transaction);
            OperationRow.Position taken = slot.filter(
                            wanted -> !controller.turns().hasLine(wanted.key()))
                    .filter(wanted -> OperationTable.isFree(transaction, wanted))
                    .map(wanted -> next.holding(wanted.key()))
                    .orElse(next);
            fence(OperationTable.advance(transaction.sql(), now, taken));
            return taken;
        }));
        row = moved;
        state = finished.state();
        conflicts = 0;
        attempts = 0;
        begun = !isForward();
        if (!isForward()) {
            boundAt = bound();
        }
        runner.moved(moved);
        controller.turns().open(now.position().slot());
        controller.counters().stepsDone.increment();
        controller.reached("committed " + moved.phase() + " " + moved.step());
        return new Next.Turn();
    }

    private boolean take(Slot slot) {
        if (!line.equals(slot.key()) && controller.turns().hasLine(slot.key())) {
            return false;
        }
        OperationRow now = row;
        OperationRow.Position holding = now.position().holding(slot.key());
        boolean taken = controller.commit(transaction -> {
            boolean free = OperationTable.isFree(transaction, slot);
            if (free) {
                fence(OperationTable.advance(transaction.sql(), now, holding));
            }
            return free;
        });
        if (taken) {
            row = now.at(holding);
            runner.moved(row);
            controller.turns().open(slot.key());
        }
        return taken;
    }

    /** Ends without success. Its end is written again and again: an operation that cannot end would hold its subject. */
    private Next fail(Done.Finished<S> finished, Failure failure, String compensationFailure) {
        OperationRow last = row.at(row.position().failing(StateCodec.write(failure), compensationFailure))
                .cancelled(cancelReason);
        try {
            return end(finished, last, Failures.outcome(failure), Optional.of(failure));
        } catch (Fenced | StepConflict e) {
            throw e;
        } catch (RuntimeException e) {
            if (Failures.isStorageTrouble(e)) {
                throw e;
            }
            endingAttempts++;
            LOG.error(
                    "operation {} ({}) could not write its end, attempt {}",
                    row.id(),
                    row.operation(),
                    endingAttempts,
                    e);
            return new Next.Later(controller.pause(endingAttempts));
        }
    }

    private Next end(Done.Finished<S> finished, OperationRow last, Outcome outcome, Optional<Failure> failure) {
        Ending<S> ending = new Ending<>(
                last.id(),
                last.accepted().project(),
                last.subject(),
                last.accepted().requestId(),
                outcome,
                finished.state(),
                failure,
                Optional.of(last.position().compensationFailure()).filter(text -> !text.isEmpty()),
                Instant.ofEpochMilli(time.now()));
        controller.commit(transaction -> {
            finished.changes().accept(transaction);
            if (endingAttempts < ENDING_ATTEMPTS) {
                kind.operation().ended(ending, transaction);
            }
            fence(OperationTable.remove(transaction.sql(), last, outcome == Outcome.SUCCEEDED));
            controller.remember(transaction, last, outcome, kind);
            return outcome;
        });
        controller.turns().open(last.position().slot());
        controller.ended(last, outcome, failure);
        return new Next.Over();
    }

    /** The row was not as we left it: cancelled meanwhile, or another's. */
    private Next refused() {
        Optional<OperationRow> stored = controller.stored(row);
        String flagged = stored.map(OperationRow::cancelReason).orElse("");
        if (isForward() && !flagged.isEmpty()) {
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
        boolean moved = now.step() != row.step() || now.phase() != row.phase();
        row = now;
        if (moved) {
            state = kind.state(now.position().state());
        }
        if (moved && !isForward()) {
            boundAt = bound();
        }
        runner.moved(now);
        cancelReason = now.cancelReason();
        begun = true;
        return true;
    }

    private long bound() {
        return time.elapsed() + row.leftMillis(controller.options());
    }

    /** What a step writes by itself counts no more than its commit once the operation is another's. */
    private void requireOurs(Transaction transaction) {
        fence(OperationTable.holds(transaction.sql(), row));
    }

    private static void fence(boolean found) {
        if (!found) {
            throw new Fenced();
        }
    }
}
