/** Options as values, the INI dialect that operators know, and secrets that do not print. */
@NullMarked
package io.kilonova.configuration;

import org.jspecify.annotations.NullMarked;
