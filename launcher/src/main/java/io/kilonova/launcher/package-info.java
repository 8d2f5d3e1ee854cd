/** The program: its command line, its options, its state directory, and the one place where all rooms are wired together. */
@NullMarked
package io.kilonova.launcher;

import org.jspecify.annotations.NullMarked;
