package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.libvirt.LibvirtDaemon;
import io.kilonova.libvirt.LibvirtDaemonOptions;
import io.kilonova.libvirt.LibvirtHypervisor;
import io.kilonova.libvirt.LibvirtOptions;
import io.kilonova.libvirt.VirtualisationChoice;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.servers.ConfigDriveSource;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.ImageSource;
import io.kilonova.spi.NetworkPlug;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** This machine as a hypervisor: QEMU through libvirt, and OVN for its networks. */
final class LibvirtPlatform implements HostPlatform {
    private static final String LOOPBACK = "127.0.0.1";

    private final Configuration configuration;
    private final Path state;
    private final LibvirtDaemon daemon;

    LibvirtPlatform(Configuration configuration, Path state) {
        this.configuration = configuration;
        this.state = state;
        this.daemon = LibvirtDaemon.ensure(LibvirtDaemonOptions.system(state.resolve("logs")));
    }

    @Override
    public NetworkBackend networkBackend() {
        return NetworkBackend.none();
    }

    @Override
    public ConfigDriveSource configDrives() {
        return server -> Map.of();
    }

    @Override
    public List<? extends Hypervisor> hypervisors(ImageSource images) {
        LibvirtOptions options = LibvirtOptions.local(
                        hostName(), LOOPBACK, configuration.get(KilonovaOptions.INSTANCES_PATH))
                .connection(configuration.get(KilonovaOptions.CONNECTION_URI))
                .virtualisation(VirtualisationChoice.valueOf(
                        configuration.get(KilonovaOptions.VIRT_TYPE).toUpperCase(Locale.ROOT)));
        return List.of(new LibvirtHypervisor(options, images, NetworkPlug.none()));
    }

    private String hostName() {
        return configuration.get(KilonovaOptions.HOST).orElseGet(() -> {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException exception) {
                return "localhost";
            }
        });
    }

    @Override
    public void bind(Services services) {}

    @Override
    public void close() {
        daemon.close();
    }
}
