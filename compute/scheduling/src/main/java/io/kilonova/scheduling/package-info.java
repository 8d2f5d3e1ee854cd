/** Where a server goes: request filters, filters, weighers, and the decision that explains itself. Pure functions over records. */
@NullMarked
package io.kilonova.scheduling;

import org.jspecify.annotations.NullMarked;
