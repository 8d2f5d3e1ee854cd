/** One transactional store over SQLite and PostgreSQL. */
@NullMarked
package io.kilonova.storage;

import org.jspecify.annotations.NullMarked;
