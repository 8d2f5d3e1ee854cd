/** What must always hold between servers and all that they own, read past the code that keeps it so. */
@NullMarked
package io.kilonova.consistency;

import org.jspecify.annotations.NullMarked;
