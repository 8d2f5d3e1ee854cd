package io.kilonova.launcher;

import io.kilonova.configuration.Configuration;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.node.ControllerLink;
import io.kilonova.node.NodeIdentity;
import io.kilonova.operations.OperationsOptions;
import io.kilonova.servers.ConfigDriveSource;
import io.kilonova.servers.Fleet;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.ImageSource;
import io.kilonova.storage.Database;
import io.kilonova.telemetry.Metrics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What stands below the services: hypervisors, and what makes networks real. */
interface HostPlatform extends AutoCloseable {
    /** This machine, as the configuration asks for it; so many hosts if they are fake. */
    static HostPlatform of(Configuration configuration, Path state, int fakeHosts) {
        String hostName = hostName(configuration);
        return isFake(configuration)
                ? FakePlatform.ofMany(hostName, state, fakeHosts)
                : LibvirtPlatform.ofAll(hostName, configuration, state);
    }

    /** This machine as a node; {@code fakeBoot} is how long fake guests take to boot. */
    static HostPlatform ofNode(Configuration configuration, Path state, NodeIdentity identity, Duration fakeBoot) {
        return isFake(configuration)
                ? FakePlatform.ofOne(identity.label(), state, fakeBoot)
                : LibvirtPlatform.ofNode(configuration, state, identity);
    }

    private static boolean isFake(Configuration configuration) {
        return configuration.get(KilonovaOptions.COMPUTE_DRIVER).equals("fake");
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

    /** The hypervisors of this machine; {@code images} is where their guests start from. */
    List<? extends Hypervisor> hypervisors(ImageSource images);

    /** All hypervisors that are reached from here. */
    default Fleet fleet(ImageSource images) {
        return Fleet.of(hypervisors(images));
    }

    /** How operations are carried out: alone on the database, unless said otherwise. */
    default OperationsOptions operations() {
        return OperationsOptions.embedded();
    }

    /** Gives the platform the services above it, once these are made and before they start. */
    void bind(Services services);

    /** Has what is counted here measured. */
    default void measure(Metrics metrics) {}

    /** Gives the platform of a node its way to the controllers, before any guest is started. */
    default void join(ControllerLink link) {}

    @Override
    void close();
}
