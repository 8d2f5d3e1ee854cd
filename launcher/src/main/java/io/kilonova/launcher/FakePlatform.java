package io.kilonova.launcher;

import io.kilonova.fake.Command;
import io.kilonova.fake.Delays;
import io.kilonova.fake.FakeFleet;
import io.kilonova.fake.FleetOptions;
import io.kilonova.metadata.MetadataConfigDrive;
import io.kilonova.networks.NetworkBackend;
import io.kilonova.servers.ConfigDriveSource;
import io.kilonova.spi.Hypervisor;
import io.kilonova.spi.ImageSource;
import io.kilonova.storage.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Hosts whose guests only seem to run, and networks that are records only. */
final class FakePlatform implements HostPlatform {
    /** What a cloud of one machine has, unless it is asked for more. */
    static final int HOSTS = 10;

    private static final int VIRTUAL_CPUS = 1000;
    private static final long MEMORY_MEBIBYTES = 4_000_000;
    private static final long DISK_GIBIBYTES = 1_000_000;

    private final String hostName;
    private final FakeFleet fleet;

    private FakePlatform(String hostName, FakeFleet fleet) {
        this.hostName = hostName;
        this.fleet = fleet;
    }

    /** So many hosts, for a cloud of one machine. */
    static FakePlatform ofMany(String hostName, Path state, int hosts) {
        return new FakePlatform(hostName, FakeFleet.of(options(hosts, state)));
    }

    /** One host, for a node. */
    static FakePlatform ofOne(String label, Path state, Duration boot) {
        Delays delays = Delays.none().with(Command.SPAWN, Delays.Distribution.constant(boot));
        return new FakePlatform(label, FakeFleet.alone(label, options(1, state).delayed(delays)));
    }

    private static FleetOptions options(int hosts, Path state) {
        return FleetOptions.of(hosts)
                .sized(VIRTUAL_CPUS, MEMORY_MEBIBYTES, DISK_GIBIBYTES)
                .kept(state.resolve("fake"));
    }

    @Override
    public String hostName() {
        return hostName;
    }

    @Override
    public NetworkBackend networkBackend(Database database) {
        return NetworkBackend.none();
    }

    @Override
    public ConfigDriveSource configDrives() {
        return new MetadataConfigDrive("");
    }

    @Override
    public List<? extends Hypervisor> hypervisors(ImageSource images) {
        return fleet.hosts();
    }

    @Override
    public void bind(Services services) {}

    @Override
    public void close() {
        fleet.close();
    }
}
