package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.servers.ConfigDriveSource;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.ImageSource;
import io.kilonova.storage.Database;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;

/** What stands below the services on this machine: hypervisors, and what makes networks real. */
interface HostPlatform extends AutoCloseable {
    /** The platform that the configuration asks for. */
    static HostPlatform of(Configuration configuration, Path state) {
        String hostName = hostName(configuration);
        return configuration.get(KilonovaOptions.COMPUTE_DRIVER).equals("fake")
                ? new FakePlatform(hostName, state)
                : new LibvirtPlatform(hostName, configuration, state);
    }

    /** The name of this machine in services and hypervisors, as the configuration says. */
    static String hostName(Configuration configuration) {
        return configuration.get(KilonovaOptions.HOST).orElseGet(HostPlatform::machineName);
    }

    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException exception) {
            return "localhost";
        }
    }

    /** The name of this machine in services and hypervisors. */
    String hostName();

    /** What makes the networks in {@code database} real. */
    NetworkBackend networkBackend(Database database);

    /** Who writes config drives. */
    ConfigDriveSource configDrives();

    /** The hypervisors; {@code images} is where their guests start from. */
    List<? extends Hypervisor> hypervisors(ImageSource images);

    /** Gives the platform the services above it, once these are made and before they start. */
    void bind(Services services);

    @Override
    void close();
}
