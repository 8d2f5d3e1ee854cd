/** What a guest may read of itself: at 169.254.169.254, and on its config drive. */
@NullMarked
package io.kilonova.metadata;

import org.jspecify.annotations.NullMarked;
