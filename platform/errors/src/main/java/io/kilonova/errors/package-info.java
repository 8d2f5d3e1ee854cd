/** The closed vocabulary of errors: each has an owner, an HTTP status and a sentence; an internal cause never leaves the process. */
@NullMarked
package io.kilonova.errors;

import org.jspecify.annotations.NullMarked;
