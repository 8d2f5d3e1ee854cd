/** What resource providers have and who has taken it: inventories, traits, aggregates and allocations, and the Placement API over them. */
@NullMarked
package io.kilonova.placement;

import org.jspecify.annotations.NullMarked;
