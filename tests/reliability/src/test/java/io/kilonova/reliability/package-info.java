/** Whole clouds as processes of their own: killed at random, started again, and looked at for what must never be. */
@NullMarked
package io.kilonova.reliability;

import org.jspecify.annotations.NullMarked;
