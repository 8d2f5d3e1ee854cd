package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.libvirt.LibvirtDaemon;
import io.kilonova.libvirt.LibvirtDaemonOptions;
import io.kilonova.libvirt.LibvirtHypervisor;
import io.kilonova.libvirt.LibvirtOptions;
import io.kilonova.libvirt.VirtualisationChoice;
import io.kilonova.metadata.MetadataAnswers;
import io.kilonova.metadata.MetadataConfigDrive;
import io.kilonova.metadata.MetadataService;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.networks.OvnBackend;
import io.kilonova.node.ControllerLink;
import io.kilonova.node.NodeIdentity;
import io.kilonova.ovn.NetworkFolder;
import io.kilonova.ovn.OvnHost;
import io.kilonova.servers.ConfigDriveSource;
import io.kilonova.spi.GuestInterface;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.ImageSource;
import io.kilonova.spi.NetworkPlug;
import io.kilonova.storage.Database;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** This machine as a hypervisor: QEMU through libvirt, and OVN for its networks; alone, or as a node. */
final class LibvirtPlatform implements HostPlatform {
    private static final String NETWORK = "network";

    private final String hostName;
    private final String address;
    private final Configuration configuration;
    private final OvnHost network;
    private final Parts parts = new Parts();
    private final CompletableFuture<MetadataService> metadata = new CompletableFuture<>();
    private volatile Runnable plugged = () -> {};

    private LibvirtPlatform(OvnHost.Settings networks, Configuration configuration, Path state) {
        this.hostName = networks.hostName();
        this.address = networks.address();
        this.configuration = configuration;
        requireReachable(configuration.get(KilonovaOptions.INSTANCES_PATH));
        parts.own("libvirt", LibvirtDaemon.ensure(LibvirtDaemonOptions.system(state.resolve("logs"))));
        this.network = parts.own("the networks of the host", OvnHost.start(networks, this::serveMetadata));
    }

    /** A cloud of this machine alone. */
    static LibvirtPlatform ofAll(String hostName, Configuration configuration, Path state) {
        return new LibvirtPlatform(OvnHost.Settings.in(hostName, state.resolve(NETWORK)), configuration, state);
    }

    /**
     * A node. Its chassis is named as its certificate names it, which OVN holds it to. Guests that a cloud of this machine alone
     * left here keep their switch.
     */
    static LibvirtPlatform ofNode(Configuration configuration, Path state, NodeIdentity identity) {
        return new LibvirtPlatform(
                OvnHost.Settings.ofMany(
                        identity.label(),
                        identity.id(),
                        NetworkFolder.takenOver(state.resolve(NETWORK)),
                        configuration.get(KilonovaOptions.CLUSTER_LISTEN).host(),
                        identity.files()),
                configuration,
                state);
    }

    /** QEMU runs as a user of its own, and must come through every folder above the disks of its guests. */
    private static void requireReachable(Path instances) {
        try {
            for (Path folder = Files.createDirectories(
                                    instances.toAbsolutePath().normalize())
                            .getParent();
                    folder != null;
                    folder = folder.getParent()) {
                if (!Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    throw LauncherError.INSTANCES_UNREACHABLE.with(instances, folder, folder);
                }
            }
        } catch (IOException refused) {
            throw LauncherError.INSTANCES_UNUSABLE.because(refused, instances, refused.getMessage());
        }
    }

    @Override
    public String hostName() {
        return hostName;
    }

    @Override
    public NetworkBackend networkBackend(Database database) {
        return parts.own(
                "the writer of networks",
                new OvnBackend(
                        database, network.northbound(), Optional.of(network), OvnBackend.Settings.onHost(hostName)));
    }

    @Override
    public ConfigDriveSource configDrives() {
        return new MetadataConfigDrive(configuration.get(KilonovaOptions.DHCP_DOMAIN));
    }

    @Override
    public List<? extends Hypervisor> hypervisors(ImageSource images) {
        LibvirtOptions options = LibvirtOptions.local(
                        hostName, address, configuration.get(KilonovaOptions.INSTANCES_PATH))
                .connection(configuration.get(KilonovaOptions.CONNECTION_URI))
                .virtualisation(VirtualisationChoice.valueOf(
                        configuration.get(KilonovaOptions.VIRT_TYPE).toUpperCase(Locale.ROOT)));
        return List.of(parts.own("the hypervisor", new LibvirtHypervisor(options, images, plug())));
    }

    private NetworkPlug plug() {
        return new NetworkPlug() {
            @Override
            public void plug(GuestInterface card) {
                network.plug(card.portId(), card.tapName());
                plugged.run();
            }

            @Override
            public void unplug(GuestInterface card) {
                network.unplug(card.tapName());
                plugged.run();
            }
        };
    }

    /** A network's socket may be open before the services are there; its guests then wait in its queue. */
    private void serveMetadata(String networkId, ServerSocketChannel socket) {
        metadata.thenAccept(service -> service.serve(networkId, socket));
    }

    @Override
    public void bind(Services services) {
        answerBy(services.guestAnswers());
    }

    @Override
    public void join(ControllerLink link) {
        NodeNetworking networking = parts.own("what controllers say of networks", new NodeNetworking(network, link));
        plugged = networking::changed;
        answerBy(networking);
    }

    private void answerBy(MetadataAnswers answers) {
        MetadataService service = parts.own("the metadata service", new MetadataService(answers));
        service.start();
        metadata.complete(service);
    }

    @Override
    public void close() {
        parts.close();
    }
}
