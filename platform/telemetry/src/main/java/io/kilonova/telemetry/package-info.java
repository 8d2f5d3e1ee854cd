/** What is told of a running program: the traces that its work belongs to, and what is counted and timed. */
@NullMarked
package io.kilonova.telemetry;

import org.jspecify.annotations.NullMarked;
