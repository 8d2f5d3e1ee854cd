/** Measures a whole cloud from outside, as its users meet it: start, memory, reads, creates. */
@NullMarked
package io.kilonova.benchmarks;

import org.jspecify.annotations.NullMarked;
