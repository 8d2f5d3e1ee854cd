package io.kilonova.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A connection that prepares each statement once: a simulation asks the same few hundred again and again, and half of what
 * SQLite would do is to prepare them. A statement that is asked for while it is under way is prepared once more.
 */
final class KeptStatements {
    private final Connection connection;
    private final UnaryOperator<String> edit;
    private final Map<String, PreparedStatement> free = new HashMap<>();

    private KeptStatements(Connection connection, UnaryOperator<String> edit) {
        this.connection = connection;
        this.edit = edit;
    }

    /** The connection, with each statement changed by {@code edit}. */
    static Connection on(Connection connection, UnaryOperator<String> edit) {
        KeptStatements kept = new KeptStatements(connection, edit);
        return proxy(
                Connection.class,
                (method, arguments) -> method.getName().equals("prepareStatement")
                        ? kept.prepare((String) arguments[0])
                        : call(connection, method, arguments));
    }

    private PreparedStatement prepare(String text) throws SQLException {
        PreparedStatement last = free.remove(text);
        PreparedStatement statement = last == null ? connection.prepareStatement(edit.apply(text)) : last;
        return proxy(
                PreparedStatement.class,
                (method, arguments) ->
                        method.getName().equals("close") ? free(text, statement) : call(statement, method, arguments));
    }

    private @Nullable Object free(String text, PreparedStatement statement) throws SQLException {
        if (free.putIfAbsent(text, statement) != null) {
            statement.close();
        }
        return null;
    }

    /** What one of the two does for a method. */
    @FunctionalInterface
    private interface Answer {
        @Nullable
        Object to(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                KeptStatements.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    return answer.to(method, arguments == null ? new Object[0] : arguments);
                }));
    }

    private static @Nullable Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }
}
