/** Durable operations: steps that survive a crash, with leases, deadlines and compensation. */
@NullMarked
package io.kilonova.operations;

import org.jspecify.annotations.NullMarked;
