/** Servers, flavors, keypairs and quotas: their states, their rules, and the durable operations that change them. */
@NullMarked
package io.kilonova.servers;

import org.jspecify.annotations.NullMarked;
