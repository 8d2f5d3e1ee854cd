package io.kilonova.servers;

import io.kilonova.networks.ServerCard;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.GuestSpecification;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Makes what a hypervisor is told of a guest from what the server's row says, each time anew. */
final class GuestSpecifications {
    private static final String DEFAULT_CARD = "virtio";

    private final ConfigDriveSource configDrives;

    GuestSpecifications(ConfigDriveSource configDrives) {
        this.configDrives = configDrives;
    }

    GuestSpecification of(Server server) {
        return of(server, server.flavor());
    }

    /** The same in another size. */
    GuestSpecification of(Server server, Flavor flavor) {
        ServerImage image = server.image();
        Map<String, String> properties = new HashMap<>(image.properties());
        properties.putAll(flavor.extraSpecs());
        return new GuestSpecification(
                server.id(),
                server.hypervisorName(),
                server.name(),
                flavor.virtualCpus(),
                flavor.memoryMebibytes(),
                flavor.rootDiskGibibytes(),
                flavor.ephemeralDiskGibibytes(),
                flavor.swapMebibytes(),
                image.disk(),
                image.kernel()
                        .map(kernel ->
                                new GuestSpecification.DirectKernel(kernel, image.ramdisk(), image.commandLine())),
                server.cards().stream().map(card -> card(card, image)).toList(),
                server.configDrive() ? Optional.of(configDrives.files(server)) : Optional.empty(),
                Map.copyOf(properties));
    }

    static GuestInterface card(ServerCard card, ServerImage image) {
        return new GuestInterface(
                card.portId(),
                card.tapName(),
                card.macAddress(),
                card.maximumTransmissionUnit(),
                image.properties().getOrDefault("hw_vif_model", DEFAULT_CARD));
    }
}
