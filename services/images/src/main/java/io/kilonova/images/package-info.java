/**
 * Images: the port through which compute reads and writes them, and the built-in service behind it, which speaks the
 * Image API v2.
 *
 * <p>An image's format is what its owner said when it was made. It is never guessed: before an image becomes active its
 * bytes are held against that format by parsers of our own, which admit only what cannot name another file.
 */
@NullMarked
package io.kilonova.images;

import org.jspecify.annotations.NullMarked;
