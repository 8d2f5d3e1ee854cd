package io.kilonova.networks;

import io.kilonova.access.Visibility;
import java.util.Optional;
import org.jooq.DSLContext;

/** Reads security groups with their rules, for compute. */
final class SecurityGroups {
    private final ResourceStore resources;

    SecurityGroups(ResourceStore resources) {
        this.resources = resources;
    }

    SecurityGroup of(DSLContext sql, Resource group) {
        return new SecurityGroup(
                group.id(),
                group.text("name"),
                group.text("description"),
                group.projectId(),
                resources.of(sql, Kind.SECURITY_GROUP_RULE, group.id()).stream()
                        .filter(rule -> rule.text("direction").equals("ingress"))
                        .map(rule -> rule(sql, rule))
                        .toList());
    }

    private SecurityGroup.Rule rule(DSLContext sql, Resource rule) {
        Optional<SecurityGroup.Members> members = rule.maybe("remote_group_id")
                .flatMap(id -> resources.find(sql, Kind.SECURITY_GROUP, Visibility.everything(), id))
                .map(group -> new SecurityGroup.Members(group.text("name"), group.projectId()));
        Optional<String> anywhere = Optional.of(rule.text("ethertype").equals("IPv6") ? "::/0" : "0.0.0.0/0");
        return new SecurityGroup.Rule(
                rule.id(),
                rule.maybe("protocol"),
                rule.maybe("port_range_min").map(Integer::valueOf),
                rule.maybe("port_range_max").map(Integer::valueOf),
                members.isPresent()
                        ? Optional.empty()
                        : rule.maybe("remote_ip_prefix").or(() -> anywhere),
                members);
    }
}
