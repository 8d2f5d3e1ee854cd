/** Open vSwitch and OVN in their own words: the OVSDB protocol, the northbound state, the local switch, the daemons. */
@NullMarked
package io.kilonova.ovn;

import org.jspecify.annotations.NullMarked;
