package io.kilonova.libvirt;

/**
 * The machine, as libvirt counts it ({@code virNodeInfo}).
 *
 * @param model of the processor, for example {@code x86_64}
 * @param memoryKibibytes all of the machine's
 * @param processors that are online
 * @param cells NUMA nodes
 * @param sockets in a cell
 * @param cores in a socket
 * @param threads in a core
 */
public record NodeInformation(
        String model, long memoryKibibytes, int processors, int cells, int sockets, int cores, int threads) {}
