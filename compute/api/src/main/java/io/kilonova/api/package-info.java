/** The Compute API v2.1: routes, readers of requests and writers of answers, at every microversion. */
@NullMarked
package io.kilonova.api;

import org.jspecify.annotations.NullMarked;
