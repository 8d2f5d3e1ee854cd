/** The agent of a hypervisor host and the controllers' way to it: mutual TLS, numbered commands, enrolment. */
@NullMarked
package io.kilonova.node;

import org.jspecify.annotations.NullMarked;
