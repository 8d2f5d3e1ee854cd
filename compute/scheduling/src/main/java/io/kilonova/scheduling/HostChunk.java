package io.kilonova.scheduling;

import java.util.List;

/** Some hosts of a view with their columns. Never changed once made. */
final class HostChunk {
    /** A column of what weighers read. */
    enum Column {
        FREE_VIRTUAL_CPUS,
        FREE_MEMORY,
        FREE_DISK,
        IO_OPERATIONS,
        INSTANCES,
        FAILED_BUILDS,
        HYPERVISOR_VERSION
    }

    private static final int COLUMNS = Column.values().length;

    final Host[] hosts;

    /** The largest amounts that one more server may take. */
    final long[] virtualCpus;

    final long[] memoryMebibytes;
    final long[] diskGibibytes;

    /** Whether any amount up to the largest may be taken of these three: no units, no steps. */
    final boolean[] plain;

    /** Whether an aggregate of the host may say other multipliers of weights. */
    final boolean[] overriding;

    private final double[][] columns;

    private HostChunk(int size) {
        this.hosts = new Host[size];
        this.virtualCpus = new long[size];
        this.memoryMebibytes = new long[size];
        this.diskGibibytes = new long[size];
        this.plain = new boolean[size];
        this.overriding = new boolean[size];
        this.columns = new double[COLUMNS][size];
    }

    private HostChunk(HostChunk other) {
        this.hosts = other.hosts.clone();
        this.virtualCpus = other.virtualCpus.clone();
        this.memoryMebibytes = other.memoryMebibytes.clone();
        this.diskGibibytes = other.diskGibibytes.clone();
        this.plain = other.plain.clone();
        this.overriding = other.overriding.clone();
        this.columns = new double[COLUMNS][];
        for (int column = 0; column < COLUMNS; column++) {
            this.columns[column] = other.columns[column].clone();
        }
    }

    static HostChunk of(List<Host> part) {
        HostChunk chunk = new HostChunk(part.size());
        for (int place = 0; place < part.size(); place++) {
            chunk.set(place, part.get(place));
        }
        return chunk;
    }

    HostChunk with(int place, Host host) {
        HostChunk copy = new HostChunk(this);
        copy.set(place, host);
        return copy;
    }

    double get(Column column, int place) {
        return columns[column.ordinal()][place];
    }

    private void set(int place, Host host) {
        hosts[place] = host;
        virtualCpus[place] = grant(host, HostView.VCPU);
        memoryMebibytes[place] = grant(host, HostView.MEMORY_MB);
        diskGibibytes[place] = grant(host, HostView.DISK_GB);
        plain[place] =
                isPlain(host, HostView.VCPU) && isPlain(host, HostView.MEMORY_MB) && isPlain(host, HostView.DISK_GB);
        overriding[place] = host.aggregates().stream()
                .flatMap(aggregate -> aggregate.metadata().keySet().stream())
                .anyMatch(key -> key.endsWith("weight_multiplier"));
        put(Column.FREE_VIRTUAL_CPUS, place, host.free(HostView.VCPU));
        put(Column.FREE_MEMORY, place, host.free(HostView.MEMORY_MB));
        put(Column.FREE_DISK, place, host.free(HostView.DISK_GB));
        put(Column.IO_OPERATIONS, place, host.load().ioOperations());
        put(Column.INSTANCES, place, host.load().instances());
        put(Column.FAILED_BUILDS, place, host.load().failedBuilds());
        put(Column.HYPERVISOR_VERSION, place, host.hypervisor().version());
    }

    private void put(Column column, int place, double value) {
        columns[column.ordinal()][place] = value;
    }

    private static long grant(Host host, String resourceClass) {
        return host.capacity(resourceClass).map(Capacity::largestGrant).orElse(0L);
    }

    private static boolean isPlain(Host host, String resourceClass) {
        return host.capacity(resourceClass)
                .map(capacity -> capacity.minimumUnit() <= 1 && capacity.stepSize() == 1)
                .orElse(true);
    }
}
