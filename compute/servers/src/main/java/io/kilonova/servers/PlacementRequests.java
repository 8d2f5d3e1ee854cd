package io.kilonova.servers;

import io.kilonova.access.Visibility;
import io.kilonova.scheduling.Destination;
import io.kilonova.scheduling.ImageRequirements;
import io.kilonova.scheduling.PlacementRequest;
import io.kilonova.scheduling.SchedulerHints;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Says what a server asks of a host. */
final class PlacementRequests {
    private final ServerStore servers;
    private final ServerGroups groups;

    PlacementRequests(ServerStore servers, ServerGroups groups) {
        this.servers = servers;
        this.groups = groups;
    }

    /** What {@code server} asks, without the hosts where it failed before. */
    PlacementRequest of(Server server, List<String> tried) {
        ServerSettings settings = server.settings();
        return of(
                server,
                server.flavor(),
                new Destination(
                        settings.requestedZone(),
                        settings.requestedHost(),
                        Optional.empty(),
                        false,
                        new HashSet<>(tried)));
    }

    /** What {@code server} asks when it moves: anywhere in its zone, or the host that is wished, and never where it is. */
    PlacementRequest of(Server server, Flavor flavor, ServerMove.Wish wish) {
        return of(
                server,
                flavor,
                new Destination(
                        wish.host().isPresent()
                                ? Optional.empty()
                                : server.settings().requestedZone(),
                        wish.host(),
                        Optional.empty(),
                        wish.forced(),
                        server.host().map(Set::of).orElse(Set.of())));
    }

    private PlacementRequest of(Server server, Flavor flavor, Destination destination) {
        PlacementRequest request = flavor.request(server.projectId())
                .withImage(new ImageRequirements(
                        Optional.of(server.image().id()),
                        Optional.of(server.image().disk().format().label()),
                        server.image().properties()))
                .withDestination(destination);
        if (server.settings().schedulerHints().isEmpty()) {
            return request;
        }
        PlacementRequest hinted = request.withHints(hints(server));
        return server.settings().schedulerHints().containsKey(ServerGroups.HINT)
                ? groups.of(server.id()).map(hinted::withGroup).orElse(hinted)
                : hinted;
    }

    private SchedulerHints hints(Server server) {
        Map<String, List<String>> hints = server.settings().schedulerHints();
        Set<String> named = new HashSet<>();
        Stream.of("same_host", "different_host").forEach(hint -> named.addAll(hints.getOrDefault(hint, List.of())));
        Map<String, String> hosts =
                named.isEmpty() ? Map.of() : servers.hostsOf(Visibility.of(server.projectId()), named);
        return new SchedulerHints(hints, hosts);
    }
}
