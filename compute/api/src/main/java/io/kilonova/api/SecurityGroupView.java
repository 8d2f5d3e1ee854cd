package io.kilonova.api;

import io.kilonova.http.JsonWriter;
import io.kilonova.networks.SecurityGroup;
import java.util.Optional;
import java.util.Set;

/** Writes security groups as the Compute API showed them before networks had an API of their own. */
final class SecurityGroupView {
    private static final Set<String> WITH_PORTS = Set.of("tcp", "udp");
    private static final int LAST_PORT = 65_535;

    private SecurityGroupView() {}

    static void write(JsonWriter json, SecurityGroup group) {
        json.object(() -> {
            json.field("id", group.id())
                    .field("name", group.name())
                    .field("description", group.description())
                    .field("tenant_id", group.projectId());
            json.array("rules", () -> group.rules().forEach(rule -> write(json, group, rule)));
        });
    }

    private static void write(JsonWriter json, SecurityGroup group, SecurityGroup.Rule rule) {
        boolean allPorts = rule.protocol().isPresent()
                && rule.firstPort().isEmpty()
                && rule.lastPort().isEmpty();
        boolean ports = rule.protocol().filter(WITH_PORTS::contains).isPresent();
        json.object(() -> {
            json.field("id", rule.id()).field("parent_group_id", group.id()).field("ip_protocol", rule.protocol());
            port(json, "from_port", allPorts ? Optional.of(ports ? 1 : -1) : rule.firstPort());
            port(json, "to_port", allPorts ? Optional.of(ports ? LAST_PORT : -1) : rule.lastPort());
            json.object(
                    "group",
                    () -> rule.members()
                            .ifPresent(members ->
                                    json.field("name", members.name()).field("tenant_id", members.projectId())));
            json.object("ip_range", () -> rule.from().ifPresent(cidr -> json.field("cidr", cidr)));
        });
    }

    private static void port(JsonWriter json, String name, Optional<Integer> number) {
        if (number.isPresent()) {
            json.field(name, number.get());
        } else {
            json.nothing(name);
        }
    }
}
