/** What the watch has to find, and what it must not. */
@NullMarked
package io.kilonova.consistency;

import org.jspecify.annotations.NullMarked;
