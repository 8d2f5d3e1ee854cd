/**
 * One transactional store over SQLite (one machine, the default) and PostgreSQL (clusters).
 *
 * <p>{@link io.kilonova.storage.Database#read} answers from one snapshot; {@link io.kilonova.storage.Database#write} is
 * on disk when it returns. The SQL is the same on both databases. What keeps it so:
 *
 * <ul>
 *   <li>Names are lower case words with underscores and are never quoted: no reserved word is a name.
 *   <li>Ids are {@code TEXT}. Times are {@code BIGINT}, milliseconds since 1970 UTC. Amounts are {@code BIGINT} with the
 *       unit last in the name. JSON is {@code TEXT} and is not looked into by SQL. Flags are {@code BOOLEAN}, with
 *       {@code TRUE} and {@code FALSE} as literals. Bytes are the one exception: write them as Base64 {@code TEXT}.
 *   <li>The tenant is part of every key: {@code PRIMARY KEY (project_id, id)} or an index that begins with it.
 *   <li>Lists are paged by {@link io.kilonova.storage.Keyset}, on an index over the sort keys that ends with the id.
 *   <li>Inside a transaction nothing is retried after a failed statement: PostgreSQL has given the transaction up by
 *       then. Use {@code ON CONFLICT DO NOTHING} and look at the count. A constraint that is broken throws jOOQ's
 *       {@link org.jooq.exception.IntegrityConstraintViolationException}.
 *   <li>Bodies may run again, and on a thread of the store's own: no effect but SQL, no waiting, no thread locals.
 *   <li>PostgreSQL runs bodies side by side at {@code READ COMMITTED}. What was read and must still hold is locked
 *       ({@link io.kilonova.storage.RowLock}) or checked in the {@code WHERE} of the update (a generation).
 *   <li>Results are fetched whole and pages are bounded; a cursor never leaves its body.
 * </ul>
 *
 * <p>Migrations are SQL files {@code V<yyyymmdd>_<nn>__<room>_<what>.sql} in a class path folder of each room, valid on
 * both databases. Numbers are the room's own: two rooms may use the same. A released file is never edited.
 */
@NullMarked
package io.kilonova.storage;

import org.jspecify.annotations.NullMarked;
