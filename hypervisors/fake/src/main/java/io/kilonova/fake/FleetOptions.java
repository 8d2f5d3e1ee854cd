package io.kilonova.fake;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a fleet of fake hosts is like.
 *
 * @param hosts how many, 1 or more
 * @param namePrefix the first is called by this and {@code 0001}
 * @param virtualCpus processors of each host
 * @param memoryMebibytes memory of each host
 * @param diskGibibytes disk of each host
 * @param delays how long commands take
 * @param misfortunes what goes wrong
 * @param seed of the random source of delays and chances
 * @param sleeper how time passes
 * @param stateFolder where guests are written down so that they survive the program; in memory only when absent
 */
public record FleetOptions(
        int hosts,
        String namePrefix,
        int virtualCpus,
        long memoryMebibytes,
        long diskGibibytes,
        Delays delays,
        Misfortunes misfortunes,
        long seed,
        Sleeper sleeper,
        Optional<Path> stateFolder) {

    /** Checks the numbers. */
    public FleetOptions {
        if (hosts < 1 || virtualCpus < 1 || memoryMebibytes < 1 || diskGibibytes < 1) {
            throw new IllegalArgumentException(
                    "a fleet has at least one host, and a host at least one of each resource");
        }
        if (!namePrefix.matches("[A-Za-z0-9][A-Za-z0-9.-]{0,200}")) {
            throw new IllegalArgumentException("not a host name: " + namePrefix);
        }
    }

    /** {@code hosts} hosts of 64 processors, 256 GiB and 4 TiB, where nothing takes time and nothing goes wrong. */
    public static FleetOptions of(int hosts) {
        return new FleetOptions(
                hosts,
                "fake-",
                64,
                262_144,
                4_096,
                Delays.none(),
                Misfortunes.none(),
                1,
                Sleeper.real(),
                Optional.empty());
    }

    /** The same with hosts of another size. */
    public FleetOptions sized(int virtualCpus, long memoryMebibytes, long diskGibibytes) {
        return new FleetOptions(
                hosts,
                namePrefix,
                virtualCpus,
                memoryMebibytes,
                diskGibibytes,
                delays,
                misfortunes,
                seed,
                sleeper,
                stateFolder);
    }

    /** The same with other names. */
    public FleetOptions named(String namePrefix) {
        return new FleetOptions(
                hosts,
                namePrefix,
                virtualCpus,
                memoryMebibytes,
                diskGibibytes,
                delays,
                misfortunes,
                seed,
                sleeper,
                stateFolder);
    }

    /** The same with commands that take time. */
    public FleetOptions delayed(Delays delays) {
        return new FleetOptions(
                hosts,
                namePrefix,
                virtualCpus,
                memoryMebibytes,
                diskGibibytes,
                delays,
                misfortunes,
                seed,
                sleeper,
                stateFolder);
    }

    /** The same with misfortunes. */
    public FleetOptions struckBy(Misfortunes misfortunes) {
        return new FleetOptions(
                hosts,
                namePrefix,
                virtualCpus,
                memoryMebibytes,
                diskGibibytes,
                delays,
                misfortunes,
                seed,
                sleeper,
                stateFolder);
    }

    /** The same with another seed and another way for time to pass. */
    public FleetOptions simulated(long seed, Sleeper sleeper) {
        return new FleetOptions(
                hosts,
                namePrefix,
                virtualCpus,
                memoryMebibytes,
                diskGibibytes,
                delays,
                misfortunes,
                seed,
                sleeper,
                stateFolder);
    }

    /** The same with guests that survive the program in {@code folder}, one small journal a host. */
    public FleetOptions kept(Path folder) {
        return new FleetOptions(
                hosts,
                namePrefix,
                virtualCpus,
                memoryMebibytes,
                diskGibibytes,
                delays,
                misfortunes,
                seed,
                sleeper,
                Optional.of(folder));
    }
}
