/** Attacks on the wire between controllers and nodes, and what is remembered of commands. */
package io.kilonova.node;
