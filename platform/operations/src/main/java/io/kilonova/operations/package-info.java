/**
 * Durable operations: steps that survive a crash, with leases, deadlines and compensation.
 *
 * <p>An operation is a row that is written with the request that was accepted. Its owner, a controller with a lease, runs
 * one step after the other, outside any transaction; that a step is done, what it changed and what the next one gets
 * commit together, under a condition on owner, fence and step. Whoever lost the operation meanwhile changes no row and
 * stops. A step may therefore run twice, and is committed once.
 *
 * <p>Ends are three: succeeded, failed, cancelled. All are written in one transaction with what the operation's
 * {@link io.kilonova.operations.Operation#ended} changes, after the steps that were done or half done were undone, last
 * first. Every step, compensation and operation has a time after which it does not go on.
 *
 * <p>Lock order at PostgreSQL: rows of the domain first, the operation's row next, the order of its subject last.
 */
@NullMarked
package io.kilonova.operations;

import org.jspecify.annotations.NullMarked;
