package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.servers.ConfigDriveSource;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.ImageSource;
import java.nio.file.Path;
import java.util.List;

/** What stands below the services on this machine: hypervisors, and what makes networks real. */
interface HostPlatform extends AutoCloseable {
    /** The platform that the configuration asks for. */
    static HostPlatform of(Configuration configuration, Path state) {
        return configuration.get(KilonovaOptions.COMPUTE_DRIVER).equals("fake")
                ? new FakePlatform(state)
                : new LibvirtPlatform(configuration, state);
    }

    /** What makes networks real. */
    NetworkBackend networkBackend();

    /** Who writes config drives. */
    ConfigDriveSource configDrives();

    /** The hypervisors; {@code images} is where their guests start from. */
    List<? extends Hypervisor> hypervisors(ImageSource images);

    /** Gives the platform the services above it, once these are made and before they start. */
    void bind(Services services);

    @Override
    void close();
}
