package io.kilonova.simulation;

import io.kilonova.node.CommandOrder;
import io.kilonova.operations.Step;
import io.kilonova.operations.Undo;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/**
 * A fault that is put into the program on purpose, to see that the simulation finds it. The program knows nothing of it: the
 * bug changes a statement on its way to the database, a command on its way to a node, or a step on its way to the engine.
 */
enum Bug {
    NONE("", unchanged(), Set.of()),
    CAPACITY_IS_NOT_CHECKED(
            "more is asked for than there is room",
            statement -> statement.replace(
                    "cast((used + ?) as double) <= (cast((total - reserved) as double) * allocation_ratio)", "? > 0"),
            Set.of()),
    FENCES_ARE_NOT_LOOKED_AT(
            "a server does not start where it was moved",
            statement -> statement
                    .replace("\"owner\" = ? and \"fence\" = ?", "? <> '' and ? > 0")
                    .replace(
                            "AND owner = ? AND fence = ? AND phase = ? AND step = ?",
                            "AND ? <> '' AND ? > 0 AND ? <> '' AND ? >= 0"),
            Set.of()),
    LATE_COMMANDS_ARE_CARRIED_OUT("a server is built elsewhere", unchanged(), Set.of()),
    JOURNALS_ARE_NOT_FLUSHED("a server is built elsewhere", unchanged(), Set.of()),
    A_CONTROLLER_THAT_IS_CUT_OFF_IS_BELIEVED(
            "a server stays on a host that only one controller does not hear", unchanged(), Set.of()),
    ONLY_EVENTS_ARE_BELIEVED("a guest stops and nobody hears of it", unchanged(), Set.of()),
    QUOTA_IS_NOT_GIVEN_BACK(
            "a server is built and deleted",
            statement ->
                    statement.startsWith("UPDATE quota_usages") ? statement.replace("+ ?", "+ max(?, 0)") : statement,
            Set.of()),
    A_GUEST_IS_NOT_REMOVED_AGAIN(
            "a build is refused when it is asked for again", unchanged(), Set.of("build_server.spawn")),
    PORTS_ARE_NOT_REMOVED_AGAIN("a server is built nowhere", unchanged(), Set.of("build_server.connect_networks")),
    ROOM_IS_NOT_GIVEN_BACK("a server is built nowhere", unchanged(), Set.of("build_server.place"));

    private final String scenario;
    private final UnaryOperator<String> statements;
    private final Set<String> forgotten;
    private final AtomicBoolean planted = new AtomicBoolean();

    Bug(String scenario, UnaryOperator<String> statements, Set<String> forgotten) {
        this.scenario = scenario;
        this.statements = statements;
        this.forgotten = forgotten;
    }

    private static UnaryOperator<String> unchanged() {
        return statement -> statement;
    }

    /** A story that shows it. */
    Scenario scenario() {
        Scenario undisturbed = Scenario.named(scenario);
        return switch (this) {
            case FENCES_ARE_NOT_LOOKED_AT ->
                undisturbed.struckBy(new Blow(Blow.Kind.OVERSLEPT_CONTROLLER, "after resize_server.connect_networks"));
            case LATE_COMMANDS_ARE_CARRIED_OUT ->
                undisturbed.struckBy(new Blow(Blow.Kind.DELAYED_COMMAND, "on the way for build_server.spawn"));
            case A_GUEST_IS_NOT_REMOVED_AGAIN ->
                undisturbed.struckBy(new Blow(Blow.Kind.KILLED_AGENT, "at a node after build_server.spawn"));
            case JOURNALS_ARE_NOT_FLUSHED ->
                undisturbed.struckBy(new Blow(Blow.Kind.HELD_COMMAND, "on the way for build_server.spawn"));
            case NONE,
                    A_CONTROLLER_THAT_IS_CUT_OFF_IS_BELIEVED,
                    ONLY_EVENTS_ARE_BELIEVED,
                    CAPACITY_IS_NOT_CHECKED,
                    QUOTA_IS_NOT_GIVEN_BACK,
                    PORTS_ARE_NOT_REMOVED_AGAIN,
                    ROOM_IS_NOT_GIVEN_BACK -> undisturbed;
        };
    }

    /** The order of a command with its fault: under a fence that no node has met. */
    CommandOrder in(CommandOrder order) {
        return isPut(LATE_COMMANDS_ARE_CARRIED_OUT)
                ? new CommandOrder(order.number(), order.subject(), Long.MAX_VALUE)
                : order;
    }

    /** Whether nodes have what they did on disk before they say so. */
    boolean flushes() {
        return !isPut(JOURNALS_ARE_NOT_FLUSHED);
    }

    /** Whether controllers ask each other before they take a host for dead. */
    boolean asksOthers() {
        return !isPut(A_CONTROLLER_THAT_IS_CUT_OFF_IS_BELIEVED);
    }

    /** Whether what a node has is heard of again and again. */
    boolean hearsReports() {
        return !isPut(ONLY_EVENTS_ARE_BELIEVED);
    }

    private boolean isPut(Bug bug) {
        if (this == bug) {
            planted.set(true);
        }
        return this == bug;
    }

    /** The step with its fault. */
    <S extends Record> Step<S> in(String operation, Step<S> step) {
        if (!forgotten.contains(operation + "." + step.name())) {
            return step;
        }
        planted.set(true);
        return step.undoneBy(Undo.nothing());
    }

    /** The statement with its fault. */
    String in(String statement) {
        String changed = statements.apply(statement);
        if (!changed.equals(statement)) {
            planted.set(true);
        }
        return changed;
    }

    /** Whether it has changed anything yet: a bug whose text the program does not contain any more is none. */
    boolean isPlanted() {
        return planted.get();
    }
}
