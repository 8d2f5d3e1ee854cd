package io.kilonova.api;

import io.kilonova.http.JsonWriter;
import io.kilonova.http.Microversion;
import io.kilonova.http.Request;
import io.kilonova.networks.ServerCard;
import io.kilonova.servers.ComputeHost;
import io.kilonova.servers.ComputeHosts;
import io.kilonova.servers.Flavor;
import io.kilonova.servers.Server;
import io.kilonova.servers.ServerGroups;
import io.kilonova.servers.ServerStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes servers as the Compute API shows them. Fields are gated by version here and nowhere else. */
final class ServerView {
    /** The answers that show a server. Before 2.75 those to changes tell less than the others. */
    enum Form {
        LISTED,
        SHOWN,
        UPDATED,
        REBUILT;

        boolean isWhole(Microversion version) {
            return this == LISTED || this == SHOWN || version.atLeast(2, 75);
        }
    }

    private final ComputeHosts hosts;
    private final ServerGroups groups;

    ServerView(ComputeHosts hosts, ServerGroups groups) {
        this.hosts = hosts;
        this.groups = groups;
    }

    /** What the caller of one request may see, found out once for all servers of the answer. */
    final class Page {
        private final Request request;
        private final Microversion version;
        private final boolean seesExtended;
        private final boolean seesHostStatus;
        private final boolean seesExtraSpecs;
        private final Map<String, Optional<ComputeHost>> known = new HashMap<>();

        private Page(Request request) {
            this.request = request;
            this.version = request.version();
            this.seesExtended = request.allows(ServerPolicies.EXTENDED_ATTRIBUTES);
            this.seesHostStatus = version.atLeast(2, 16) && request.allows(ServerPolicies.SHOW_HOST_STATUS);
            this.seesExtraSpecs = version.atLeast(2, 47) && request.allows(ServerPolicies.SHOW_EXTRA_SPECS);
        }

        /** The fields of a server in a list without details. */
        void brief(JsonWriter json, Server server) {
            json.object(() -> {
                json.field("id", server.id()).field("name", server.name());
                links(json, server.id());
            });
        }

        /** The fields of a server in an answer of some form. */
        void full(JsonWriter json, Server server, Form form) {
            ServerStatus status = server.status();
            boolean whole = form.isWhole(version);
            json.field("id", server.id()).field("name", server.name()).field("status", status.name());
            json.field("tenant_id", server.projectId()).field("user_id", server.userId());
            json.strings("metadata", server.metadata()).field("hostId", server.hostId());
            image(json, server);
            flavor(json, server.flavor());
            json.time("created", server.createdAt()).time("updated", server.updatedAt());
            addresses(json, server.cards(), whole);
            json.field("accessIPv4", server.accessIpV4().orElse(""))
                    .field("accessIPv6", server.accessIpV6().orElse(""));
            links(json, server.id());
            json.field("OS-DCF:diskConfig", server.diskConfig());
            if (status.showsProgress()) {
                json.field("progress", server.progressPercent());
            }
            if (status.showsFault()) {
                server.fault().ifPresent(fault -> fault(json, fault));
            }
            if (whole) {
                run(json, server);
            }
            if (whole && seesExtended) {
                extended(json, server, form);
            }
            if (whole || form == Form.REBUILT && version.atLeast(2, 54)) {
                json.field("key_name", server.keyName());
            }
            if (form == Form.REBUILT && version.atLeast(2, 57)) {
                json.field("user_data", server.userData());
            }
            newer(json, server, form);
        }

        /** How and where a server runs. */
        private void run(JsonWriter json, Server server) {
            json.field("OS-EXT-AZ:availability_zone", server.host().isPresent() ? server.zone() : "");
            json.field("config_drive", server.configDrive() ? "True" : "");
            json.timeInMicroseconds("OS-SRV-USG:launched_at", server.launchedAt());
            Optional<Instant> gone =
                    server.status() == ServerStatus.DELETED ? Optional.of(server.updatedAt()) : Optional.empty();
            json.timeInMicroseconds("OS-SRV-USG:terminated_at", gone);
            securityGroups(json, server);
            states(json, server);
            json.array("os-extended-volumes:volumes_attached", () -> {});
            if (version.atLeast(2, 90) || (seesExtended && version.atLeast(2, 3))) {
                json.field("OS-EXT-SRV-ATTR:hostname", server.hostname());
            }
            if (seesHostStatus) {
                json.field("host_status", hostStatus(server));
            }
        }

        private void newer(JsonWriter json, Server server, Form form) {
            if (version.atLeast(2, 9)) {
                json.field("locked", server.lock().isPresent());
            }
            if (version.atLeast(2, 19)) {
                json.field("description", server.description());
            }
            if (version.atLeast(2, 26)) {
                json.strings("tags", server.tags());
            }
            if (version.atLeast(2, 63)) {
                List<String> certificates = server.settings().trustedImageCertificates();
                if (certificates.isEmpty()) {
                    json.nothing("trusted_image_certificates");
                } else {
                    json.strings("trusted_image_certificates", certificates);
                }
            }
            if (version.atLeast(2, 71) && form != Form.LISTED) {
                json.strings("server_groups", groups.groupOf(server).stream().toList());
            }
            if (version.atLeast(2, 73)) {
                json.field("locked_reason", server.lock().flatMap(Server.Lock::reason));
            }
            if (version.atLeast(2, 96)) {
                json.field("pinned_availability_zone", server.settings().requestedZone());
            }
            if (version.atLeast(2, 100)) {
                json.object("scheduler_hints", () -> hints(json, server));
            }
        }

        private void hints(JsonWriter json, Server server) {
            server.settings().schedulerHints().forEach((hint, values) -> {
                if (values.size() == 1) {
                    json.field(hint, values.getFirst());
                } else {
                    json.strings(hint, values);
                }
            });
        }

        private void extended(JsonWriter json, Server server, Form form) {
            Optional<ComputeHost> host = server.host().flatMap(this::host);
            json.field("OS-EXT-SRV-ATTR:host", server.host())
                    .field(
                            "OS-EXT-SRV-ATTR:hypervisor_hostname",
                            host.map(found -> found.inventory().hypervisorHostname()))
                    .field("OS-EXT-SRV-ATTR:instance_name", server.hypervisorName());
            if (version.atLeast(2, 3)) {
                json.field("OS-EXT-SRV-ATTR:reservation_id", server.reservationId())
                        .field("OS-EXT-SRV-ATTR:launch_index", server.launchIndex())
                        .field(
                                "OS-EXT-SRV-ATTR:kernel_id",
                                server.image()
                                        .kernel()
                                        .map(kernel -> kernel.id())
                                        .orElse(""))
                        .field(
                                "OS-EXT-SRV-ATTR:ramdisk_id",
                                server.image()
                                        .ramdisk()
                                        .map(ramdisk -> ramdisk.id())
                                        .orElse(""))
                        .field(
                                "OS-EXT-SRV-ATTR:root_device_name",
                                server.settings().rootDeviceName());
                if (form != Form.REBUILT) {
                    json.field("OS-EXT-SRV-ATTR:user_data", server.userData());
                }
            }
        }

        /** What a server's host is: of a page's servers each host is read once, whatever the number of hosts in the cloud. */
        private Optional<ComputeHost> host(String name) {
            return known.computeIfAbsent(name, hosts::find);
        }

        private String hostStatus(Server server) {
            return server.host()
                    .flatMap(this::host)
                    .map(host -> {
                        if (host.forcedDown() || !hosts.isUp(host)) {
                            return "DOWN";
                        }
                        return host.disabled() ? "MAINTENANCE" : "UP";
                    })
                    .orElse("");
        }

        private void flavor(JsonWriter json, Flavor flavor) {
            if (version.before(2, 47)) {
                json.object("flavor", () -> {
                    json.field("id", flavor.id());
                    bookmark(json, "flavors", flavor.id());
                });
                return;
            }
            json.object("flavor", () -> {
                json.field("original_name", flavor.name())
                        .field("vcpus", flavor.virtualCpus())
                        .field("ram", flavor.memoryMebibytes())
                        .field("disk", flavor.rootDiskGibibytes())
                        .field("ephemeral", flavor.ephemeralDiskGibibytes())
                        .field("swap", flavor.swapMebibytes());
                if (seesExtraSpecs) {
                    json.strings("extra_specs", flavor.extraSpecs());
                }
            });
        }

        private void image(JsonWriter json, Server server) {
            json.object("image", () -> {
                json.field("id", server.image().id());
                bookmark(json, "images", server.image().id());
                if (version.atLeast(2, 98)) {
                    json.strings("properties", new TreeMap<>(server.image().properties()));
                }
            });
        }

        private void bookmark(JsonWriter json, String collection, String id) {
            json.array(
                    "links",
                    () -> json.object(() -> json.field("rel", "bookmark")
                            .field("href", request.baseUrl() + "/" + collection + "/" + id)));
        }

        void links(JsonWriter json, String id) {
            json.array("links", () -> {
                json.object(() -> json.field("rel", "self").field("href", request.versionUrl() + "/servers/" + id));
                json.object(() -> json.field("rel", "bookmark").field("href", request.baseUrl() + "/servers/" + id));
            });
        }
    }

    /** Begins an answer. */
    Page page(Request request) {
        return new Page(request);
    }

    /** The same of many servers, with all details. */
    Page page(Request request, List<Server> servers) {
        Page page = new Page(request);
        if (page.seesExtended || page.seesHostStatus) {
            Set<String> names =
                    servers.stream().flatMap(server -> server.host().stream()).collect(Collectors.toSet());
            hosts.find(names).forEach(host -> page.known.put(host.host(), Optional.of(host)));
        }
        return page;
    }

    /** The addresses of a server by the name of their network; {@code extended} tells kind and MAC address too. */
    static void addresses(JsonWriter json, List<ServerCard> cards, boolean extended) {
        Map<String, List<ServerCard>> byNetwork = cards.stream()
                .collect(Collectors.groupingBy(ServerCard::networkLabel, LinkedHashMap::new, Collectors.toList()));
        json.object(
                "addresses",
                () -> byNetwork.forEach((label, ofNetwork) -> addresses(json, label, ofNetwork, extended)));
    }

    /** The addresses of some cards under one name; {@code extended} tells kind and MAC address too. */
    static void addresses(JsonWriter json, String label, List<ServerCard> cards, boolean extended) {
        json.array(label, () -> {
            for (ServerCard card : cards) {
                for (ServerCard.FixedAddress fixed : card.fixedAddresses()) {
                    address(json, card, fixed.address(), extended ? "fixed" : "");
                    fixed.floatingAddresses()
                            .forEach(floating -> address(json, card, floating, extended ? "floating" : ""));
                }
            }
        });
    }

    private static void address(JsonWriter json, ServerCard card, String address, String kind) {
        json.object(() -> {
            json.field("version", address.indexOf(':') >= 0 ? 6 : 4).field("addr", address);
            if (!kind.isEmpty()) {
                json.field("OS-EXT-IPS:type", kind).field("OS-EXT-IPS-MAC:mac_addr", card.macAddress());
            }
        });
    }

    private static void securityGroups(JsonWriter json, Server server) {
        Set<String> names = new LinkedHashSet<>();
        server.cards().forEach(card -> names.addAll(card.securityGroups()));
        if (server.cards().isEmpty()) {
            names.addAll(server.settings().securityGroups());
        }
        if (!names.isEmpty()) {
            json.array("security_groups", () -> names.forEach(name -> json.object(() -> json.field("name", name))));
        }
    }

    private static void states(JsonWriter json, Server server) {
        json.field("OS-EXT-STS:vm_state", server.vmState().label())
                .field("OS-EXT-STS:task_state", server.taskState().map(task -> task.label()))
                .field("OS-EXT-STS:power_state", server.powerState().number());
    }

    private static void fault(JsonWriter json, Server.Fault fault) {
        json.object("fault", () -> {
            Instant createdAt = fault.createdAt();
            json.field("code", fault.code()).time("created", createdAt).field("message", fault.message());
            fault.details().ifPresent(details -> json.field("details", details));
        });
    }
}
