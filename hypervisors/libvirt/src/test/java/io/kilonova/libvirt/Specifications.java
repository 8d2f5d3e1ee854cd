package io.kilonova.libvirt;

import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.ImageFormat;
import io.kilonova.spi.ImageReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Specifications to begin a test with. */
final class Specifications {
    static final String ID = "3f2c1d84-0a51-4b1e-9c0f-6a7d5f0f1c2d";
    static final ImageReference IMAGE =
            new ImageReference("image-1", ImageFormat.QCOW2, 1000, 1L << 30, "ab".repeat(64));

    private Specifications() {}

    /** A plain guest from an image. */
    static GuestSpecification of(ImageReference image) {
        return new GuestSpecification(
                ID,
                "instance-0000002a",
                "web",
                2,
                512,
                1,
                0,
                0,
                image,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Map.of());
    }

    static GuestSpecification named(GuestSpecification guest, String displayName) {
        return copy(guest, guest.id(), displayName, guest.interfaces(), guest.configDrive(), guest.properties());
    }

    static GuestSpecification identified(GuestSpecification guest, String id) {
        return copy(guest, id, guest.displayName(), guest.interfaces(), guest.configDrive(), guest.properties());
    }

    static GuestSpecification with(GuestSpecification guest, GuestInterface... cards) {
        return copy(guest, guest.id(), guest.displayName(), List.of(cards), guest.configDrive(), guest.properties());
    }

    static GuestSpecification with(GuestSpecification guest, Map<String, String> properties) {
        return copy(guest, guest.id(), guest.displayName(), guest.interfaces(), guest.configDrive(), properties);
    }

    static GuestSpecification withDrive(GuestSpecification guest, Map<String, byte[]> files) {
        return copy(guest, guest.id(), guest.displayName(), guest.interfaces(), Optional.of(files), guest.properties());
    }

    static GuestSpecification sized(GuestSpecification guest, int rootDiskGibibytes) {
        return new GuestSpecification(
                guest.id(),
                guest.hypervisorName(),
                guest.displayName(),
                guest.virtualCpus(),
                guest.memoryMebibytes(),
                rootDiskGibibytes,
                guest.ephemeralDiskGibibytes(),
                guest.swapMebibytes(),
                guest.image(),
                guest.kernel(),
                guest.interfaces(),
                guest.configDrive(),
                guest.properties());
    }

    /** A card that nothing is wrong with. */
    static GuestInterface card(String model) {
        return new GuestInterface("port-1", "tap3f2c1d84-0a", "fa:16:3e:00:00:01", 1442, model);
    }

    private static GuestSpecification copy(
            GuestSpecification guest,
            String id,
            String displayName,
            List<GuestInterface> cards,
            Optional<Map<String, byte[]>> drive,
            Map<String, String> properties) {
        return new GuestSpecification(
                id,
                guest.hypervisorName(),
                displayName,
                guest.virtualCpus(),
                guest.memoryMebibytes(),
                guest.rootDiskGibibytes(),
                guest.ephemeralDiskGibibytes(),
                guest.swapMebibytes(),
                guest.image(),
                guest.kernel(),
                cards,
                drive,
                properties);
    }
}
