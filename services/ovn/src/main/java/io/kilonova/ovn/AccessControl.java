package io.kilonova.ovn;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One rule of a security group: traffic that is allowed, and with it the answers to it.
 *
 * @param id the rule's id
 */
public record AccessControl(String id, Direction direction, Version version, Traffic traffic, Remote remote) {
    /** Which way the first packet goes. */
    public enum Direction {
        /** To the ports of the group. */
        INWARD,
        /** From the ports of the group. */
        OUTWARD
    }

    /** Of which Internet Protocol. */
    public enum Version {
        /** IPv4. */
        IP4,
        /** IPv6. */
        IP6;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What kind of traffic. */
    public sealed interface Traffic {
        /** All. */
        record Any() implements Traffic {}

        /** TCP, UDP or SCTP to these ports; 1 to 65535 is all of them. */
        record Ports(Transport transport, int first, int last) implements Traffic {
            /** Checks the range; {@link OvnError#VALUE_INVALID}. */
            public Ports {
                if (first < 0 || last > 65_535 || first > last) {
                    throw OvnError.VALUE_INVALID.with("The range of ports", first + ":" + last);
                }
            }
        }

        /** ICMP of the rule's version, of a type and a code or of any. */
        record Icmp(Optional<Integer> type, Optional<Integer> code) implements Traffic {
            /** Checks both; {@link OvnError#VALUE_INVALID}. */
            public Icmp {
                octet("The ICMP type", type.orElse(0));
                octet("The ICMP code", code.orElse(0));
            }
        }

        /** Another protocol, by its number. */
        record Protocol(int number) implements Traffic {
            /** Checks the number; {@link OvnError#VALUE_INVALID}. */
            public Protocol {
                octet("The protocol number", number);
            }
        }
    }

    /** A protocol that has ports. */
    public enum Transport {
        /** TCP. */
        TCP,
        /** UDP. */
        UDP,
        /** SCTP. */
        SCTP
    }

    /** Who is at the other end. */
    public sealed interface Remote {
        /** Anybody. */
        record Anywhere() implements Remote {}

        /** An address or a network. */
        record Network(String cidr) implements Remote {
            /** Checks the network; {@link OvnError#VALUE_INVALID}. */
            public Network {
                Notation.network(cidr);
            }
        }

        /** The ports of a security group, by its id. */
        record Group(String groupId) implements Remote {
            /** Checks the id; {@link OvnError#VALUE_INVALID}. */
            public Group {
                Notation.identifier("The security group's id", groupId);
            }
        }

        /** The addresses of an {@link AddressSet}, by its id. */
        record Set(String setId) implements Remote {
            /** Checks the id; {@link OvnError#VALUE_INVALID}. */
            public Set {
                Notation.identifier("The address group's id", setId);
            }
        }
    }

    /** Checks the id; {@link OvnError#VALUE_INVALID}. */
    public AccessControl {
        Notation.identifier("The rule's id", id);
    }

    /** OVN's match expression for the ports of a group. */
    String match(String groupId) {
        List<String> terms = new ArrayList<>();
        terms.add((direction == Direction.INWARD ? "outport == @" : "inport == @") + OvnNames.portGroup(groupId));
        terms.add(version.text());
        String side = version.text() + (direction == Direction.INWARD ? ".src == " : ".dst == ");
        switch (remote) {
            case Remote.Anywhere _ -> {}
            case Remote.Network network -> terms.add(side + network.cidr());
            case Remote.Group group ->
                terms.add(side + "$" + OvnNames.portGroup(group.groupId()) + "_" + version.text());
            case Remote.Set set -> terms.add(side + "$" + OvnNames.addressSet(set.setId()));
        }
        switch (traffic) {
            case Traffic.Any _ -> {}
            case Traffic.Ports ports -> ports(terms, ports);
            case Traffic.Icmp icmp -> {
                String protocol = version == Version.IP4 ? "icmp4" : "icmp6";
                terms.add(protocol);
                icmp.type().ifPresent(type -> terms.add(protocol + ".type == " + type));
                icmp.code().ifPresent(code -> terms.add(protocol + ".code == " + code));
            }
            case Traffic.Protocol protocol -> terms.add("ip.proto == " + protocol.number());
        }
        return String.join(" && ", terms);
    }

    private static void ports(List<String> terms, Traffic.Ports ports) {
        String protocol = ports.transport().name().toLowerCase(Locale.ROOT);
        terms.add(protocol);
        if (ports.first() == ports.last()) {
            terms.add(protocol + ".dst == " + ports.first());
        } else if (ports.first() > 1 || ports.last() < 65_535) {
            terms.add(protocol + ".dst >= " + ports.first());
            terms.add(protocol + ".dst <= " + ports.last());
        }
    }

    private static void octet(String what, int value) {
        if (value < 0 || value > 255) {
            throw OvnError.VALUE_INVALID.with(what, value);
        }
    }
}
