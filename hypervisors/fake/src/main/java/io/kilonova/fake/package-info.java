/** A hypervisor of lies: hosts and guests that exist in a journal only, with delays and misfortunes, for scale and simulation. */
@NullMarked
package io.kilonova.fake;

import org.jspecify.annotations.NullMarked;
