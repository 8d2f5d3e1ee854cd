/** The networks of the cloud: the port that compute uses, and the built-in Neutron v2.0 behind it. */
@NullMarked
package io.kilonova.networks;

import org.jspecify.annotations.NullMarked;
