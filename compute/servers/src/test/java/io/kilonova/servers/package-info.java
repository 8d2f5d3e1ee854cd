/** A small cloud without APIs for tests of this room and of those below, and the tests that need one. */
@NullMarked
package io.kilonova.servers;

import org.jspecify.annotations.NullMarked;
