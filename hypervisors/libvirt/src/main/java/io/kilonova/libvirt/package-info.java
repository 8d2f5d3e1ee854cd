/**
 * QEMU and KVM guests through libvirt.
 *
 * <p>Three layers, each knowing only the one before: the binding of {@code libvirt.so.0} ({@link LibvirtLibrary},
 * {@link LibvirtConnection}, {@link LibvirtDomain}), the files of a guest ({@link ImageCache}, {@link GuestDisks},
 * {@link DiskImageTool}), and the commands of the hypervisor ({@link LibvirtHypervisor}).
 */
@NullMarked
package io.kilonova.libvirt;

import org.jspecify.annotations.NullMarked;
