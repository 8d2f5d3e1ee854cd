package io.kilonova.libvirt;

import io.kilonova.errors.ServiceException;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestSpecification;
import io.kilonova.spi.HypervisorError;
import java.util.regex.Pattern;

/** What must hold of a specification before anything is made of it: names become files, devices and arguments. */
final class SpecificationCheck {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");
    private static final Pattern TAP = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,14}");
    private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");
    private static final int TRANSMISSION_UNIT_MINIMUM = 68;
    private static final int TRANSMISSION_UNIT_MAXIMUM = 65_535;

    private SpecificationCheck() {}

    /** Refuses a specification that cannot be carried out as it stands. */
    static void of(GuestSpecification guest) {
        require(guest, InstanceFolders.UUID.matcher(guest.id()).matches(), "its id is not a lower-case UUID");
        require(guest, NAME.matcher(guest.hypervisorName()).matches(), "its name at the hypervisor is not one");
        require(guest, guest.virtualCpus() >= 1, "it has no processor");
        require(guest, guest.memoryMebibytes() >= 1, "it has no memory");
        require(
                guest,
                guest.rootDiskGibibytes() >= 0 && guest.ephemeralDiskGibibytes() >= 0 && guest.swapMebibytes() >= 0,
                "a disk has a negative size");
        for (GuestInterface card : guest.interfaces()) {
            of(guest, card);
        }
    }

    /** Refuses a card that cannot be plugged in. */
    static void of(GuestSpecification guest, GuestInterface card) {
        require(guest, TAP.matcher(card.tapName()).matches(), "the device name of a card is not one");
        require(guest, MAC.matcher(card.macAddress()).matches(), "the address of a card is not one");
        int unit = card.maximumTransmissionUnit();
        require(
                guest,
                unit >= TRANSMISSION_UNIT_MINIMUM && unit <= TRANSMISSION_UNIT_MAXIMUM,
                "the transmission unit of a card is out of bounds");
    }

    private static void require(GuestSpecification guest, boolean holds, String otherwise) {
        if (!holds) {
            throw refusal(guest, otherwise);
        }
    }

    private static ServiceException refusal(GuestSpecification guest, String why) {
        String id = InstanceFolders.UUID.matcher(guest.id()).matches() ? guest.id() : "?";
        return HypervisorError.SPECIFICATION_INVALID.with(id, why);
    }
}
