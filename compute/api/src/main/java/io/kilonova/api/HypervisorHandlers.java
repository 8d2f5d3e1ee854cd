package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.Microversion;
import io.kilonova.http.PageLinks;
import io.kilonova.http.PageRequest;
import io.kilonova.http.Request;
import io.kilonova.servers.CatalogueError;
import io.kilonova.servers.ComputeHost;
import io.kilonova.servers.ComputeHosts;
import io.kilonova.servers.HostUse;
import io.kilonova.servers.HostUses;
import io.kilonova.servers.ServerError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Lists, shows and sums up hypervisors. */
final class HypervisorHandlers {
    private final ComputeHosts hosts;
    private final HostUses uses;
    private final int maximumLimit;

    HypervisorHandlers(ComputeHosts hosts, HostUses uses, int maximumLimit) {
        this.hosts = hosts;
        this.uses = uses;
        this.maximumLimit = maximumLimit;
    }

    Answer list(Request request) {
        return list(request, false);
    }

    Answer detail(Request request) {
        return list(request, true);
    }

    private Answer list(Request request, boolean detailed) {
        Optional<String> pattern = request.query().last("hypervisor_hostname_pattern");
        if (pattern.isPresent()
                && (request.query().has("limit") || request.query().has("marker"))) {
            throw HttpError.QUERY_INVALID.with(
                    "Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not supported.");
        }
        boolean paged = request.version().atLeast(2, 33);
        PageRequest asked = paged ? PageRequest.of(request.query(), maximumLimit) : PageRequest.whole();
        List<ComputeHost> page = pattern.isPresent() ? matching(pattern.get()) : page(request, asked);
        return answer(request, page, detailed, withServers(request), asked);
    }

    private List<ComputeHost> page(Request request, PageRequest asked) {
        List<ComputeHost> all = hosts.list();
        long after = asked.marker()
                .map(id -> all.stream()
                        .filter(named(request.version(), id))
                        .findFirst()
                        .orElseThrow(() -> ServerError.MARKER_NOT_FOUND.with(id))
                        .number())
                .orElse(0L);
        return all.stream()
                .filter(host -> host.number() > after)
                .limit(asked.limit())
                .toList();
    }

    private Answer answer(
            Request request, List<ComputeHost> page, boolean detailed, boolean withServers, PageRequest asked) {
        HypervisorView view = new HypervisorView(hosts, request.version());
        Map<String, HostUse> used = detailed ? uses.of(page) : Map.of();
        Map<String, List<HostUses.NamedServer>> servers =
                withServers ? uses.servers(page.stream().map(ComputeHost::host).toList()) : Map.of();
        return Answer.json(json -> json.object(() -> {
            json.array(
                    "hypervisors",
                    () -> page.forEach(host -> json.object(() -> {
                        if (detailed) {
                            view.full(json, host, used.getOrDefault(host.host(), HostUse.NOTHING));
                        } else {
                            view.brief(json, host);
                        }
                        if (withServers) {
                            view.servers(json, servers.getOrDefault(host.host(), List.of()));
                        }
                    })));
            boolean byUuid = request.version().atLeast(2, 53);
            PageLinks.next(
                    json,
                    request,
                    asked,
                    "hypervisors_links",
                    detailed ? "os-hypervisors/detail" : "os-hypervisors",
                    page.stream()
                            .map(host -> byUuid ? host.id() : String.valueOf(host.number()))
                            .toList());
        }));
    }

    Answer show(Request request) {
        ComputeHost host = find(request);
        HypervisorView view = new HypervisorView(hosts, request.version());
        HostUse use = uses.of(List.of(host)).getOrDefault(host.host(), HostUse.NOTHING);
        return Answer.json(json -> json.object(() -> json.object("hypervisor", () -> {
            view.full(json, host, use);
            if (withServers(request)) {
                view.servers(json, uses.servers(List.of(host.host())).getOrDefault(host.host(), List.of()));
            }
        })));
    }

    Answer uptime(Request request) {
        find(request);
        throw HttpError.NOT_BUILT.with("telling how long a hypervisor's host runs");
    }

    Answer statistics(Request request) {
        List<ComputeHost> enabled =
                hosts.list().stream().filter(host -> !host.disabled()).toList();
        HostUse sum = uses.of(enabled).values().stream().reduce(HostUse.NOTHING, HostUse::plus);
        return Answer.json(json -> json.object(() -> json.object("hypervisor_statistics", () -> {
            json.field("count", enabled.size());
            HypervisorView.amounts(json, sum);
        })));
    }

    Answer search(Request request) {
        return answer(request, matching(request.path("id")), false, false, PageRequest.whole());
    }

    Answer servers(Request request) {
        return answer(request, matching(request.path("id")), false, true, PageRequest.whole());
    }

    private List<ComputeHost> matching(String pattern) {
        List<ComputeHost> found = hosts.list().stream()
                .filter(host -> host.inventory().hypervisorHostname().contains(pattern))
                .toList();
        if (found.isEmpty()) {
            throw CatalogueError.HYPERVISOR_NOT_MATCHED.with(pattern);
        }
        return found;
    }

    private ComputeHost find(Request request) {
        String id = request.path("id");
        HostIdentity.requireForm(request.version(), id);
        return hosts.list().stream()
                .filter(named(request.version(), id))
                .findFirst()
                .orElseThrow(() -> CatalogueError.HYPERVISOR_NOT_FOUND.with(id));
    }

    private static Predicate<ComputeHost> named(Microversion version, String id) {
        return host -> HostIdentity.matches(version, id, host.id(), host.number());
    }

    private static boolean withServers(Request request) {
        return request.version().atLeast(2, 53)
                && request.query().last("with_servers").map(Truth::of).orElse(false);
    }
}
