package io.kilonova.ovn;

import java.util.List;

/** All that shall be in the northbound database of ours. */
public record WantedState(
        List<LogicalSwitch> switches,
        List<DhcpOptions> dhcpOptions,
        List<AddressSet> addressSets,
        List<PortGroup> groups,
        List<LogicalSwitchPort> ports,
        List<LogicalRouter> routers) {
    /** Nothing. */
    public static final WantedState NOTHING =
            new WantedState(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    /** Keeps its own copies. */
    public WantedState {
        switches = List.copyOf(switches);
        dhcpOptions = List.copyOf(dhcpOptions);
        addressSets = List.copyOf(addressSets);
        groups = List.copyOf(groups);
        ports = List.copyOf(ports);
        routers = List.copyOf(routers);
    }
}
