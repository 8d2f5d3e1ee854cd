/** The HTTP frame: routes, microversions, body schemas, policies, faults, paging. */
@NullMarked
package io.kilonova.http;

import org.jspecify.annotations.NullMarked;
