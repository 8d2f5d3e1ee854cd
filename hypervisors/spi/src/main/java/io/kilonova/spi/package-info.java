/** What a hypervisor must do, in records and sealed types. */
@NullMarked
package io.kilonova.spi;

import org.jspecify.annotations.NullMarked;
