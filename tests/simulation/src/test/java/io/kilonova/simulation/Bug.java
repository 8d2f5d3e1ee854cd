package io.kilonova.simulation;

import io.kilonova.operations.Step;
import io.kilonova.operations.Undo;
import java.util.Set;
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
    QUOTA_IS_NOT_GIVEN_BACK(
            statement ->
                    statement.startsWith("UPDATE quota_usages") ? statement.replace("+ ?", "+ max(?, 0)") : statement,
            Set.of()),
    A_GUEST_IS_NOT_REMOVED_AGAIN(statement -> statement, Set.of("build_server.spawn")),
    PORTS_ARE_NOT_REMOVED_AGAIN(statement -> statement, Set.of("build_server.connect_networks")),
    ROOM_IS_NOT_GIVEN_BACK(statement -> statement, Set.of("build_server.place"));

    private final UnaryOperator<String> statements;
    private final Set<String> forgotten;

    Bug(UnaryOperator<String> statements, Set<String> forgotten) {
        this.statements = statements;
        this.forgotten = forgotten;
    }

    /** The step with its fault. */
    <S extends Record> Step<S> in(String operation, Step<S> step) {
        return forgotten.contains(operation + "." + step.name()) ? step.undoneBy(Undo.nothing()) : step;
    }

    /** The statement with its fault. */
    String in(String statement) {
        return statements.apply(statement);
    }
}
