package io.kilonova.simulation;

import io.kilonova.operations.Step;
import io.kilonova.operations.Undo;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/**
 * A fault that is put into the program on purpose, to see that the simulation finds it. The program knows nothing of it: the
 * bug changes a statement on its way to the database, or a step on its way to the engine.
 */
enum Bug {
    NONE(statement -> statement, Set.of()),
    CAPACITY_IS_NOT_CHECKED(
            statement -> statement.replace(
                    "cast((used + ?) as double) <= (cast((total - reserved) as double) * allocation_ratio)", "? > 0"),
            Set.of()),
    FENCES_ARE_NOT_LOOKED_AT(
            statement -> statement
                    .replace("\"owner\" = ? and \"fence\" = ?", "? <> '' and ? > 0")
                    .replace(
                            "AND owner = ? AND fence = ? AND phase = ? AND step = ?",
                            "AND ? <> '' AND ? > 0 AND ? <> '' AND ? >= 0"),
            Set.of()),
    QUOTA_IS_NOT_GIVEN_BACK(
            statement ->
                    statement.startsWith("UPDATE quota_usages") ? statement.replace("+ ?", "+ max(?, 0)") : statement,
            Set.of()),
    A_GUEST_IS_NOT_REMOVED_AGAIN(statement -> statement, Set.of("build_server.spawn")),
    PORTS_ARE_NOT_REMOVED_AGAIN(statement -> statement, Set.of("build_server.connect_networks")),
    ROOM_IS_NOT_GIVEN_BACK(statement -> statement, Set.of("build_server.place"));

    private final UnaryOperator<String> statements;
    private final Set<String> forgotten;
    private final AtomicBoolean planted = new AtomicBoolean();

    Bug(UnaryOperator<String> statements, Set<String> forgotten) {
        this.statements = statements;
        this.forgotten = forgotten;
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
