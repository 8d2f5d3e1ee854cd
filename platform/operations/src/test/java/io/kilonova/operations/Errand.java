package io.kilonova.operations;

import io.kilonova.storage.Database;
import io.kilonova.storage.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An operation for tests. Each step, compensation and end leaves a mark in the transaction that completes it. */
final class Errand implements Operation<Trail> {
    private final String name;
    private final Duration deadline;
    private final List<Step<Trail>> steps;

    private Errand(String name, Duration deadline, List<Step<Trail>> steps) {
        this.name = name;
        this.deadline = deadline;
        this.steps = List.copyOf(steps);
    }

    static Errand of(String name, List<Step<Trail>> steps) {
        return new Errand(name, Duration.ofMinutes(10), steps);
    }

    Errand within(Duration limit) {
        return new Errand(name, limit, steps);
    }

    /** Steps that only leave marks. */
    static List<Step<Trail>> plain(String... names) {
        List<Step<Trail>> steps = new ArrayList<>();
        for (String step : names) {
            steps.add(step(step));
        }
        return steps;
    }

    /** A step that does, and undoes, nothing but marks. */
    static Step<Trail> step(String name) {
        return step(name, (state, context) -> done(name, state, context));
    }

    /** A step with work of its own, and a compensation that leaves a mark. */
    static Step<Trail> step(String name, Run<Trail> run) {
        return Step.named(name)
                .within(Duration.ofMinutes(1))
                .runs(run)
                .undoneBy((state, context) -> undone(name, state, context));
    }

    static Done<Trail> done(String name, Trail state, StepContext context) {
        return Done.with(state.and(name), transaction -> mark(transaction, context.subject(), name));
    }

    static Done<Trail> undone(String name, Trail state, StepContext context) {
        return Done.with(state.without(name), transaction -> mark(transaction, context.subject(), "undo " + name));
    }

    static void mark(Transaction transaction, String subject, String mark) {
        transaction
                .sql()
                .execute(
                        "INSERT INTO marks (subject, place, mark) VALUES (?,"
                                + " (SELECT COALESCE(MAX(place), 0) + 1 FROM marks WHERE subject = ?), ?)",
                        subject,
                        subject,
                        mark);
    }

    /** The marks of a subject, in the order of their commits. */
    static List<String> marks(Database database, String subject) {
        return database.read(sql -> sql.fetch("SELECT mark FROM marks WHERE subject = ? ORDER BY place", subject)
                .map(row -> row.get(0, String.class)));
    }

    @Override
    public Plan<Trail> plan() {
        return new Plan<>(name, Trail.class, deadline, steps);
    }

    @Override
    public void ended(Ending<Trail> ending, Transaction transaction) {
        mark(
                transaction,
                ending.subject(),
                "%s %s".formatted(name, ending.outcome().name().toLowerCase(java.util.Locale.ROOT)));
    }
}
