package io.kilonova.libvirt;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a {@link LibvirtHypervisor} is told.
 *
 * @param host the host's name, as the Compute API shows it
 * @param hostAddress the IP address that other hosts reach it at
 * @param connectionUri of libvirt, for example {@code qemu:///system}
 * @param instancesFolder holds a folder for each guest and their images; QEMU's user must be able to come through the folders above it
 * @param virtualisation how guests' processors are made
 * @param keepAlive how often libvirtd is asked for a sign; without four of them it is taken for lost
 * @param commandsMaximum how many commands use libvirt at once, each over a connection of its own
 */
public record LibvirtOptions(
        String host,
        String hostAddress,
        String connectionUri,
        Path instancesFolder,
        VirtualisationChoice virtualisation,
        Duration keepAlive,
        int commandsMaximum) {

    /** More than the 20 workers that a libvirtd has: a guest that is given time to shut down holds a connection, and no worker. */
    private static final int COMMANDS_MAXIMUM = 32;

    /** The local libvirtd, with the usual bounds. */
    public static LibvirtOptions local(String host, String hostAddress, Path instancesFolder) {
        return new LibvirtOptions(
                host,
                hostAddress,
                "qemu:///system",
                instancesFolder,
                VirtualisationChoice.AUTO,
                Duration.ofSeconds(5),
                COMMANDS_MAXIMUM);
    }

    /** The same with another connection. */
    public LibvirtOptions connection(String uri) {
        return new LibvirtOptions(host, hostAddress, uri, instancesFolder, virtualisation, keepAlive, commandsMaximum);
    }

    /** The same with another way to make processors. */
    public LibvirtOptions virtualisation(VirtualisationChoice choice) {
        return new LibvirtOptions(
                host, hostAddress, connectionUri, instancesFolder, choice, keepAlive, commandsMaximum);
    }
}
