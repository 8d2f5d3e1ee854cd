/** What is told of a running program: where a request came from and, later, what is counted and timed. */
@NullMarked
package io.kilonova.telemetry;

import org.jspecify.annotations.NullMarked;
