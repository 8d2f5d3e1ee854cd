/** What the images room promises, from inside and from outside. */
@NullMarked
package io.kilonova.images;

import org.jspecify.annotations.NullMarked;
