package io.kilonova.ovn;

import java.util.Optional;

/**
 * The host's own end of an external network: gives the bridge the address of that network's gateway, so that the host
 * reaches floating IPs and guests reach the host. The address is lost when the switch daemon starts anew; {@link #ensure}
 * gives it back.
 */
public final class ExternalBridge {
    private final HostCommand commands;
    private final String bridge;

    /**
     * A bridge of the host.
     *
     * @param bridge its name, such as {@code br-ex}; made by {@link LocalSwitch#initialise}
     * @param namespace the network namespace that the switch runs in, or this process's own
     */
    public ExternalBridge(String bridge, Optional<String> namespace) {
        this.commands = new HostCommand(namespace);
        this.bridge = Notation.identifier("The bridge", bridge);
    }

    /**
     * Makes the host have this address there. Repeating it changes nothing.
     *
     * @param addressAndPrefix such as {@code 172.24.4.1/24}
     * @throws io.kilonova.errors.ServiceException {@link OvnError#HOST_COMMAND_FAILED}
     */
    public void ensure(String addressAndPrefix) {
        Notation.network(addressAndPrefix);
        commands.run("ip", "address", "replace", addressAndPrefix, "dev", bridge);
        commands.run("ip", "link", "set", bridge, "up");
        // The userspace switch does not complete checksums that the host left to hardware.
        HostCommand.Outcome offload = commands.attempt("ethtool", "-K", bridge, "tx", "off");
        if (offload.code() != 0 && !offload.output().contains("not supported")) {
            throw OvnError.HOST_COMMAND_FAILED.with(
                    "ethtool -K " + bridge + " tx off", offload.output().strip());
        }
    }

    /** Takes the address away. Repeating it changes nothing. */
    public void remove(String addressAndPrefix) {
        Notation.network(addressAndPrefix);
        HostCommand.Outcome gone = commands.attempt("ip", "address", "delete", addressAndPrefix, "dev", bridge);
        if (gone.code() != 0
                && !gone.output().contains("Cannot assign")
                && !gone.output().contains("Address not found")
                && !gone.output().contains("Cannot find device")) {
            throw OvnError.HOST_COMMAND_FAILED.with(
                    "ip address delete", gone.output().strip());
        }
    }
}
