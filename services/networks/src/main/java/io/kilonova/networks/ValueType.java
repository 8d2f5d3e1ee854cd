package io.kilonova.networks;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.IntNode;

/** What values an attribute takes; clients send numbers and truth values as text too. */
enum ValueType {
    TEXT {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            return value.isString() && value.asString().length() <= MAXIMUM_TEXT
                    ? Optional.of(value)
                    : Optional.empty();
        }
    },
    TRUTH {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            if (value.isBoolean()) {
                return Optional.of(value);
            }
            String text = value.isString() || value.isInt() ? value.asString().toLowerCase(Locale.ROOT) : "";
            return switch (text) {
                case "true", "1" -> Optional.of(BooleanNode.TRUE);
                case "false", "0" -> Optional.of(BooleanNode.FALSE);
                default -> Optional.empty();
            };
        }
    },
    NUMBER {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            if (value.isInt()) {
                return Optional.of(value);
            }
            return value.isString() && DIGITS.matcher(value.asString()).matches()
                    ? Optional.of(IntNode.valueOf(Integer.parseInt(value.asString())))
                    : Optional.empty();
        }
    },
    UUID {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            return value.isString() && IDENTIFIER.matcher(value.asString()).matches()
                    ? Optional.of(value)
                    : Optional.empty();
        }
    },
    MAC_ADDRESS {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            String text = value.isString() ? value.asString().toLowerCase(Locale.ROOT) : "";
            return MAC.matcher(text).matches()
                    ? Optional.of(tools.jackson.databind.node.StringNode.valueOf(text))
                    : Optional.empty();
        }
    },
    IP_ADDRESS {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            return value.isString() && IpAddresses.parse(value.asString()).isPresent()
                    ? Optional.of(value)
                    : Optional.empty();
        }
    },
    CIDR {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            return value.isString() && IpAddresses.cidr(value.asString()).isPresent()
                    ? Optional.of(value)
                    : Optional.empty();
        }
    },
    LIST {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            return value.isArray() && value.size() <= MAXIMUM_LIST ? Optional.of(value) : Optional.empty();
        }
    },
    TEXTS {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            return LIST.read(value).filter(list -> list.valueStream().allMatch(JsonNode::isString));
        }
    },
    OBJECT {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            return value.isObject() && value.size() <= MAXIMUM_LIST ? Optional.of(value) : Optional.empty();
        }
    },
    DIRECTION {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            return value.isString() && Set.of("ingress", "egress").contains(value.asString())
                    ? Optional.of(value)
                    : Optional.empty();
        }
    },
    ETHER_TYPE {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            String text = value.isString() ? value.asString().toLowerCase(Locale.ROOT) : "";
            return switch (text) {
                case "ipv4" -> Optional.of(tools.jackson.databind.node.StringNode.valueOf("IPv4"));
                case "ipv6" -> Optional.of(tools.jackson.databind.node.StringNode.valueOf("IPv6"));
                default -> Optional.empty();
            };
        }
    },
    IP_VERSION {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            return NUMBER.read(value).filter(number -> number.asInt() == 4 || number.asInt() == 6);
        }
    },
    /** A name or a number: TCP, 6, "6". */
    PROTOCOL {
        @Override
        Optional<JsonNode> read(JsonNode value) {
            if (!value.isString() && !value.isInt()) {
                return Optional.empty();
            }
            String text = value.asString().toLowerCase(Locale.ROOT);
            return PROTOCOLS.contains(text)
                            || (DIGITS.matcher(text).matches()
                                    && Integer.parseInt(text) >= 0
                                    && Integer.parseInt(text) <= 255)
                    ? Optional.of(tools.jackson.databind.node.StringNode.valueOf(text))
                    : Optional.empty();
        }
    };

    private static final int MAXIMUM_TEXT = 255;
    private static final int MAXIMUM_LIST = 250;
    private static final Pattern DIGITS = Pattern.compile("-?\\d{1,9}");
    private static final Pattern IDENTIFIER = Pattern.compile("[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}");
    private static final Pattern MAC = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");
    private static final Set<String> PROTOCOLS = Set.of(
            "any",
            "ah",
            "dccp",
            "egp",
            "esp",
            "gre",
            "icmp",
            "icmpv6",
            "igmp",
            "ipip",
            "ipv6-icmp",
            "ospf",
            "pgm",
            "rsvp",
            "sctp",
            "tcp",
            "udp",
            "udplite",
            "vrrp");

    /** Whether a hardware address is of one card: neither for many nor nobody's. */
    static boolean isUnicast(String mac) {
        return MAC.matcher(mac).matches()
                && Integer.parseInt(mac.substring(0, 2), 16) % 2 == 0
                && !mac.equals("00:00:00:00:00:00");
    }

    /** The value in its one form; empty when it is none of this type. */
    abstract Optional<JsonNode> read(JsonNode value);
}
