package io.kilonova.servers;

/**
 * What a host has and what of it is taken, before allocation ratios; what is reserved for the host itself counts as taken.
 *
 * @param virtualCpus processors
 * @param virtualCpusUsed processors that servers were given
 * @param memoryMebibytes memory
 * @param memoryMebibytesUsed memory that is taken
 * @param diskGibibytes disk
 * @param diskGibibytesUsed disk that is taken
 * @param servers how many servers are on it
 * @param busyServers how many of them something is being done to
 */
public record HostUse(
        long virtualCpus,
        long virtualCpusUsed,
        long memoryMebibytes,
        long memoryMebibytesUsed,
        long diskGibibytes,
        long diskGibibytesUsed,
        long servers,
        long busyServers) {
    /** Nothing at all. */
    public static final HostUse NOTHING = new HostUse(0, 0, 0, 0, 0, 0, 0, 0);

    /** Both together. */
    public HostUse plus(HostUse other) {
        return new HostUse(
                virtualCpus + other.virtualCpus,
                virtualCpusUsed + other.virtualCpusUsed,
                memoryMebibytes + other.memoryMebibytes,
                memoryMebibytesUsed + other.memoryMebibytesUsed,
                diskGibibytes + other.diskGibibytes,
                diskGibibytesUsed + other.diskGibibytesUsed,
                servers + other.servers,
                busyServers + other.busyServers);
    }
}
