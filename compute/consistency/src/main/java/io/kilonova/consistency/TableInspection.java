package io.kilonova.consistency;

import io.kilonova.storage.Database;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jooq.DSLContext;

/**
 * An inspection that is one query. The walked table gives the bounds of each portion from its index, and portion and bounds are
 * read from one snapshot.
 *
 * @param database where
 * @param walked the table whose keys are walked, with the condition that narrows it after {@code WHERE}
 * @param key its column of text, the first of an index
 * @param query finds breaches: {@code subject} and {@code detail} of those whose key is above its first parameter and not above
 *     its second; in the words that both databases know
 */
record TableInspection(Database database, String walked, String key, String query) implements Inspection {
    /** So many keys a portion: 1 to 10 ms. */
    static final int PORTION = 500;

    @Override
    public Optional<String> inspect(String after, BiConsumer<String, String> breaches) {
        return database.read(sql -> {
            Optional<String> last = last(sql, walked, key, after);
            last.ifPresent(bound -> sql.fetch(query, after, bound)
                    .forEach(row -> breaches.accept(row.get(0, String.class), row.get(1, String.class))));
            return last;
        });
    }

    /** The last key of the portion after {@code after}. */
    static Optional<String> last(DSLContext sql, String walked, String key, String after) {
        return sql
                .fetch(
                        "SELECT max(k) FROM (SELECT %s AS k FROM %s%s %s > ? ORDER BY %s LIMIT %d) portion"
                                .formatted(
                                        key, walked, walked.contains(" WHERE ") ? " AND" : " WHERE", key, key, PORTION),
                        after)
                .stream()
                .flatMap(row -> Optional.ofNullable(row.get(0, String.class)).stream())
                .findFirst();
    }
}
