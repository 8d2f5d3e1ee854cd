package io.kilonova.servers;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a caller wants a server: {@code ZONE}, {@code ZONE:HOST}, {@code ZONE:HOST:NODE} or {@code ZONE::NODE}, or a host by
 * its own parameter.
 *
 * @param zone the availability zone
 * @param host the one host
 */
record ZoneChoice(Optional<String> zone, Optional<String> host) {
    /**
     * What a create says.
     *
     * @param standard the zone where it names neither zone nor host
     * @param known all hosts; asked for only when something of them is named
     * @throws io.kilonova.errors.ServiceException {@link ServerError#ZONE_NOT_FOUND} or {@link ServerError#HOST_NOT_FOUND}
     */
    static ZoneChoice of(ServerCreate create, Optional<String> standard, Supplier<List<ComputeHost>> known) {
        Optional<String> wanted = create.zone().or(() -> create.host().isPresent() ? Optional.empty() : standard);
        if (wanted.isEmpty() && create.host().isEmpty()) {
            return new ZoneChoice(Optional.empty(), Optional.empty());
        }
        List<ComputeHost> hosts = known.get();
        String[] parts = wanted.orElse("").split(":", -1);
        if (parts.length > 3) {
            throw ServerError.ZONE_NOT_FOUND.with();
        }
        Optional<String> zone = Optional.of(parts[0]).filter(text -> !text.isEmpty());
        Optional<String> named =
                create.host().or(() -> part(parts, 1)).or(() -> part(parts, 2).map(node -> hostOfNode(node, hosts)));
        named.ifPresent(host -> {
            if (hosts.stream().noneMatch(each -> each.host().equals(host))) {
                throw ServerError.HOST_NOT_FOUND.with(host);
            }
        });
        if (zone.isPresent() && hosts.stream().noneMatch(each -> each.zone().equals(zone.get()))) {
            throw ServerError.ZONE_NOT_FOUND.with();
        }
        return new ZoneChoice(zone, named);
    }

    private static Optional<String> part(String[] parts, int index) {
        return parts.length > index && !parts[index].isEmpty() ? Optional.of(parts[index]) : Optional.empty();
    }

    private static String hostOfNode(String node, List<ComputeHost> hosts) {
        return hosts.stream()
                .filter(host -> host.inventory().hypervisorHostname().equals(node))
                .findFirst()
                .map(ComputeHost::host)
                .orElseThrow(() -> ServerError.HOST_NOT_FOUND.with(node));
    }
}
