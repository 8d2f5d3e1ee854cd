package io.kilonova.libvirt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The permissions of {@code /dev/kvm} on a host without udev. There it belongs to root alone; libvirtd, which is root,
 * finds KVM, then finds that QEMU's user may not have it, and asks QEMU anew for everything it can, 4 s each time and
 * some twenty times a guest. With the permissions that udev gives (group {@code kvm}, 0660) it asks once.
 */
final class KvmDevice {
    private static final Logger LOG = LoggerFactory.getLogger(KvmDevice.class);
    private static final Path DEVICE = Path.of("/dev/kvm");

    private KvmDevice() {}

    /** Gives the device to its group when it still belongs to root alone; without the right to do so, says so. */
    static void openToGroup() {
        PosixFileAttributeView view = Files.getFileAttributeView(DEVICE, PosixFileAttributeView.class);
        try {
            if (!Files.exists(DEVICE)) {
                return;
            }
            PosixFileAttributes now = view.readAttributes();
            if (!now.group().getName().equals("root") || now.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
                return;
            }
            GroupPrincipal group =
                    DEVICE.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName("kvm");
            view.setGroup(group);
            view.setPermissions(PosixFilePermissions.fromString("rw-rw----"));
            LOG.info("{} was given to the group kvm, as udev does", DEVICE);
        } catch (IOException refused) {
            LOG.warn("{} stays closed to QEMU; libvirt will be slow: {}", DEVICE, refused.toString());
        }
    }
}
