/** Who calls, and what they may do: callers, policies and the rules that decide them. */
@NullMarked
package io.kilonova.access;

import org.jspecify.annotations.NullMarked;
