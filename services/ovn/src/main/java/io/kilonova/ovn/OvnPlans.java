package io.kilonova.ovn;

import io.kilonova.ovn.Plan.Membership;
import io.kilonova.ovn.Plan.Need;
import io.kilonova.ovn.Plan.WantedRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Writes networks, ports and security groups as rows of the northbound database. Pure; routers are in {@link RouterPlans}. */
final class OvnPlans {
    private static final int PRIORITY_DROP = 1001;
    private static final int PRIORITY_ALLOW = 1002;

    private final String owner;

    OvnPlans(String owner) {
        this.owner = owner;
    }

    Plan network(LogicalSwitch network) {
        UUID row = OvnNames.row(OvnNames.SWITCH, network.id());
        List<WantedRow> rows = new ArrayList<>();
        Map<String, String> tags = tags(network.id());
        if (!network.label().isEmpty()) {
            tags.put("kilonova:label", network.label());
        }
        rows.add(new WantedRow(
                OvnNames.SWITCH,
                row,
                Map.of("name", Datum.text(OvnNames.network(network.id())), "external_ids", Datum.map(tags))));
        UUID localnet = OvnNames.row(OvnNames.PORT, OvnNames.localnet(network.id()));
        network.localnet().ifPresent(physical -> {
            Map<String, String> portTags = tags(OvnNames.localnet(network.id()));
            portTags.put(OvnNames.OF_SWITCH, network.id());
            rows.add(new WantedRow(
                    OvnNames.PORT,
                    localnet,
                    Map.of(
                            "name",
                            Datum.text(OvnNames.localnet(network.id())),
                            "type",
                            Datum.text("localnet"),
                            "addresses",
                            Datum.text("unknown"),
                            "tag",
                            physical.vlan().map(Datum::whole).orElse(Datum.nothing()),
                            "options",
                            Datum.map(Map.of("network_name", physical.physicalNetwork())),
                            "external_ids",
                            Datum.map(portTags))));
        });
        Membership membership = new Membership(
                OvnNames.SWITCH, row, "ports", localnet, network.localnet().isPresent());
        return new Plan("network " + network.id(), rows, List.of(), List.of(membership), _ -> List.of());
    }

    Plan dhcp(DhcpOptions options) {
        return Plan.of(
                "DHCP options " + options.id(),
                List.of(new WantedRow(
                        OvnNames.DHCP,
                        OvnNames.row(OvnNames.DHCP, options.id()),
                        Map.of(
                                "cidr",
                                Datum.text(options.cidr()),
                                "options",
                                Datum.map(options.options()),
                                "external_ids",
                                Datum.map(tags(options.id()))))));
    }

    Plan addressSet(AddressSet set) {
        return Plan.of(
                "address group " + set.id(),
                List.of(new WantedRow(
                        OvnNames.ADDRESSES,
                        OvnNames.row(OvnNames.ADDRESSES, set.id()),
                        Map.of(
                                "name",
                                Datum.text(OvnNames.addressSet(set.id())),
                                "addresses",
                                Datum.texts(set.networks()),
                                "external_ids",
                                Datum.map(tags(set.id()))))));
    }

    Plan group(PortGroup group) {
        List<WantedRow> rules = new ArrayList<>();
        for (AccessControl rule : group.rules()) {
            boolean inward = rule.direction() == AccessControl.Direction.INWARD;
            rules.add(rule(group.id(), rule.id(), inward, PRIORITY_ALLOW, rule.match(group.id()), "allow-related"));
        }
        return group("security group " + group.id(), group.id(), rules);
    }

    /** The group that every guarded port is in: it drops what no other group of the port allows, but asks for addresses. */
    Plan defaultDeny() {
        String id = OvnNames.DEFAULT_DENY;
        String from = "inport == @" + OvnNames.portGroup(id);
        return group(
                "the default deny",
                id,
                List.of(
                        rule(
                                id,
                                "drop-in",
                                true,
                                PRIORITY_DROP,
                                "outport == @" + OvnNames.portGroup(id) + " && ip",
                                "drop"),
                        rule(id, "drop-out", false, PRIORITY_DROP, from + " && ip", "drop"),
                        rule(
                                id,
                                "dhcp4",
                                false,
                                PRIORITY_ALLOW,
                                from + " && ip4 && udp.src == 68 && udp.dst == 67",
                                "allow"),
                        rule(
                                id,
                                "dhcp6",
                                false,
                                PRIORITY_ALLOW,
                                from + " && ip6 && udp.src == 546 && udp.dst == 547",
                                "allow")));
    }

    Plan port(LogicalSwitchPort port) {
        UUID row = OvnNames.row(OvnNames.PORT, port.id());
        UUID network = OvnNames.row(OvnNames.SWITCH, port.switchId());
        String subject = "port " + port.id();
        Set<String> groups = new TreeSet<>(port.groups());
        List<WantedRow> rows = new ArrayList<>();
        if (port.defaultDeny()) {
            groups.add(OvnNames.DEFAULT_DENY);
            rows.addAll(defaultDeny().rows());
        }
        List<Need> needs = new ArrayList<>();
        needs.add(new Need(subject, OvnNames.SWITCH, network, "network " + port.switchId()));
        port.groups()
                .forEach(group -> needs.add(new Need(
                        subject, OvnNames.GROUP, OvnNames.row(OvnNames.GROUP, group), "security group " + group)));
        Map<String, String> tags = tags(port.id());
        tags.put(OvnNames.OF_SWITCH, port.switchId());
        tags.put(OvnNames.OF_GROUPS, String.join(" ", groups));
        Map<String, Datum> columns = new LinkedHashMap<>();
        columns.put("name", Datum.text(port.id()));
        columns.put("type", Datum.text(port.kind().type()));
        columns.put("options", Datum.map(port.options()));
        columns.put("addresses", Datum.texts(addresses(port)));
        columns.put("port_security", Datum.texts(port.antiSpoofing() ? guarded(port) : Set.of()));
        columns.put("enabled", Datum.flag(port.enabled()));
        columns.put("dhcpv4_options", dhcpReference(subject, port.dhcp().version4(), needs));
        columns.put("dhcpv6_options", dhcpReference(subject, port.dhcp().version6(), needs));
        columns.put("external_ids", Datum.map(tags));
        rows.add(new WantedRow(OvnNames.PORT, row, columns));

        List<Membership> memberships = new ArrayList<>();
        memberships.add(new Membership(OvnNames.SWITCH, network, "ports", row, true));
        groups.forEach(group -> memberships.add(
                new Membership(OvnNames.GROUP, OvnNames.row(OvnNames.GROUP, group), "ports", row, true)));
        return new Plan(subject, rows, needs, memberships, present -> leave(row, port.switchId(), groups, present));
    }

    /** Takes a port out of the groups, and the network, that it was in and shall not be in. */
    static List<OvsdbOperation> leave(
            UUID row, String switchId, Set<String> groups, Map<UUID, Map<String, Datum>> present) {
        Map<String, String> before = Optional.ofNullable(present.get(row))
                .map(columns ->
                        columns.getOrDefault("external_ids", Datum.nothing()).map())
                .orElse(Map.of());
        List<OvsdbOperation> changes = new ArrayList<>();
        for (String group : before.getOrDefault(OvnNames.OF_GROUPS, "").split(" ")) {
            if (!group.isEmpty() && !groups.contains(group)) {
                changes.add(OvsdbOperation.unlink(OvnNames.GROUP, OvnNames.row(OvnNames.GROUP, group), "ports", row));
            }
        }
        String formerSwitch = before.getOrDefault(OvnNames.OF_SWITCH, switchId);
        if (!formerSwitch.equals(switchId)) {
            changes.add(
                    OvsdbOperation.unlink(OvnNames.SWITCH, OvnNames.row(OvnNames.SWITCH, formerSwitch), "ports", row));
        }
        return changes;
    }

    private static Set<String> addresses(LogicalSwitchPort port) {
        Set<String> addresses = new TreeSet<>();
        addresses.add(port.owned().text());
        for (AddressPair pair : port.allowedPairs()) {
            if (!pair.mac().equals(port.owned().mac())) {
                addresses.add(pair.mac());
            }
        }
        if (!port.antiSpoofing() && port.kind() == LogicalSwitchPort.Kind.GUEST) {
            addresses.add("unknown");
        }
        return addresses;
    }

    private static Set<String> guarded(LogicalSwitchPort port) {
        Set<String> guarded = new TreeSet<>();
        guarded.add(port.owned().text());
        port.allowedPairs().forEach(pair -> guarded.add(pair.text()));
        return guarded;
    }

    private static Datum dhcpReference(String subject, Optional<String> id, List<Need> needs) {
        if (id.isEmpty()) {
            return Datum.nothing();
        }
        UUID row = OvnNames.row(OvnNames.DHCP, id.get());
        needs.add(new Need(subject, OvnNames.DHCP, row, "DHCP options " + id.get()));
        return Datum.row(row);
    }

    private Plan group(String subject, String id, List<WantedRow> rules) {
        List<WantedRow> rows = new ArrayList<>(rules);
        rows.add(new WantedRow(
                OvnNames.GROUP,
                OvnNames.row(OvnNames.GROUP, id),
                Map.of(
                        "name",
                        Datum.text(OvnNames.portGroup(id)),
                        "acls",
                        Datum.rows(rules.stream().map(WantedRow::uuid).toList()),
                        "external_ids",
                        Datum.map(tags(id)))));
        return Plan.of(subject, rows);
    }

    private WantedRow rule(String group, String id, boolean inward, int priority, String match, String action) {
        return new WantedRow(
                OvnNames.RULE,
                OvnNames.row(OvnNames.RULE, group + "/" + id),
                Map.of(
                        "direction",
                        Datum.text(inward ? "to-lport" : "from-lport"),
                        "priority",
                        Datum.whole(priority),
                        "match",
                        Datum.text(match),
                        "action",
                        Datum.text(action),
                        "external_ids",
                        Datum.map(tags(id))));
    }

    Map<String, String> tags(String id) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put(OvnNames.OWNER, owner);
        tags.put(OvnNames.ID, id);
        return tags;
    }
}
