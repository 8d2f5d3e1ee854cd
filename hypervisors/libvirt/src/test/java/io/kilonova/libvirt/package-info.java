/** Promises of the libvirt driver, kept with a real libvirtd and real guests. */
package io.kilonova.libvirt;
