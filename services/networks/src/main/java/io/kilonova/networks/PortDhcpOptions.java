package io.kilonova.networks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a port's guest is told by DHCP otherwise than its neighbours ({@code extra_dhcp_opts} of the Networking API v2.0). Options
 * have the names of dnsmasq, or for IPv4 the numbers of RFC 2132; OVN knows those of {@link Option}.
 */
final class PortDhcpOptions {
    static final String ATTRIBUTE = "extra_dhcp_opts";

    /** Stands in each option. */
    static final String NAME = "opt_name";

    private static final int LONGEST = 255;

    /** How OVN writes a value. */
    private enum Form {
        PLAIN,
        QUOTED,
        LIST
    }

    /** An option that OVN can tell ({@code ovn-nb(5)}, table DHCP_Options). */
    private enum Option {
        NETMASK(4, "netmask", "1", Form.PLAIN),
        ROUTER(4, "router", "3", Form.PLAIN),
        DNS_SERVER(4, "dns-server", "6", Form.LIST),
        LOG_SERVER(4, "log-server", "7", Form.LIST),
        LPR_SERVER(4, "lpr-server", "9", Form.LIST),
        HOSTNAME(4, "hostname", "12", Form.QUOTED),
        DOMAIN_NAME(4, "domain-name", "15", Form.QUOTED),
        SWAP_SERVER(4, "swap-server", "16", Form.PLAIN),
        IP_FORWARD_ENABLE(4, "ip-forward-enable", "19", Form.PLAIN),
        DEFAULT_TTL(4, "default-ttl", "23", Form.PLAIN),
        MTU(4, "mtu", "26", Form.PLAIN),
        BROADCAST_ADDRESS(4, "broadcast-address", "28", Form.PLAIN),
        NTP_SERVER(4, "ntp-server", "42", Form.LIST),
        LEASE_TIME(4, "lease-time", "51", Form.PLAIN),
        TFTP_SERVER(4, "tftp-server", "66", Form.QUOTED),
        BOOTFILE_NAME(4, "bootfile-name", "67", Form.QUOTED),
        DOMAIN_SEARCH_LIST(4, "domain-search", "119", Form.QUOTED),
        TFTP_SERVER_ADDRESS(4, "server-ip-address", "150", Form.LIST),
        PATH_PREFIX(4, "path-prefix", "210", Form.QUOTED),
        WPAD(4, "wpad", "252", Form.QUOTED),
        DNS_SERVER_6(6, "dns-server", "23", Form.LIST),
        DOMAIN_SEARCH_6(6, "domain-search", "24", Form.QUOTED),
        BOOTFILE_NAME_6(6, "bootfile-url", "59", Form.QUOTED);

        private final int version;
        private final String neutronName;
        private final String number;
        private final Form form;

        Option(int version, String neutronName, String number, Form form) {
            this.version = version;
            this.neutronName = neutronName;
            this.number = number;
            this.form = form;
        }

        static java.util.Optional<Option> of(int version, String name) {
            for (Option option : values()) {
                if (option.version == version && (option.neutronName.equals(name) || option.number.equals(name))) {
                    return java.util.Optional.of(option);
                }
            }
            return java.util.Optional.empty();
        }

        String ovnName() {
            return switch (this) {
                case DNS_SERVER_6 -> "dns_server";
                case DOMAIN_SEARCH_6 -> "domain_search";
                case BOOTFILE_NAME_6 -> "bootfile_name";
                default -> name().toLowerCase(java.util.Locale.ROOT);
            };
        }

        String written(String value) {
            return switch (form) {
                case PLAIN -> value;
                case QUOTED -> '"' + value + '"';
                case LIST -> value.contains(",") ? "{" + value.replace(",", ", ") + "}" : value;
            };
        }
    }

    private PortDhcpOptions() {}

    /** Checks the options that a new port asks for, and writes their versions out. */
    static void create(ObjectNode port) {
        port.set(ATTRIBUTE, merged(JsonNodeFactory.instance.arrayNode(), port.path(ATTRIBUTE)));
    }

    /** Lays what an update names over the options that a port has; one without a value goes. */
    static void update(Resource before, ObjectNode port) {
        port.set(ATTRIBUTE, merged(before.get(ATTRIBUTE), port.path(ATTRIBUTE)));
    }

    private static ArrayNode merged(JsonNode present, JsonNode asked) {
        Map<String, ObjectNode> merged = new LinkedHashMap<>();
        present.forEach(option -> merged.put(key(option), (ObjectNode) option));
        for (JsonNode given : asked) {
            ObjectNode option = checked(given);
            if (option.path("opt_value").isNull()) {
                merged.remove(key(option));
            } else {
                merged.put(key(option), option);
            }
        }
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        merged.values().forEach(result::add);
        return result;
    }

    private static String key(JsonNode option) {
        return option.path("ip_version").asInt() + option.path(NAME).asString();
    }

    private static ObjectNode checked(JsonNode given) {
        int version = given.path("ip_version").asInt(4);
        String name = given.path(NAME).asString("");
        JsonNode value = given.path("opt_value");
        if (!given.isObject()
                || name.isEmpty()
                || version != 4 && version != 6
                || !(value.isString() || value.isNull())) {
            throw NetworkError.INVALID_INPUT.with(
                    "extra_dhcp_opts need an opt_name and an opt_value, of ip_version 4 or 6");
        }
        String text = value.asString("");
        boolean clean = text.length() <= LONGEST
                && text.chars().allMatch(letter -> letter >= 32 && letter < 127)
                && text.indexOf('"') < 0
                && text.indexOf('{') < 0
                && text.indexOf('}') < 0
                && text.indexOf('\\') < 0;
        if (!clean || value.isString() && text.isBlank()) {
            throw NetworkError.INVALID_INPUT.with("the opt_value of %s cannot be told by DHCP".formatted(name));
        }
        if (value.isString() && Option.of(version, name).isEmpty()) {
            throw NetworkError.NOT_BUILT.with("the DHCP option %s of IPv%d".formatted(name, version));
        }
        return JsonNodeFactory.instance
                .objectNode()
                .put(NAME, name)
                .put("ip_version", version)
                .set("opt_value", value);
    }

    /** A port's own options of one IP version, as OVN names and writes them. */
    static Map<String, String> of(Resource port, int version) {
        Map<String, String> options = new LinkedHashMap<>();
        for (JsonNode option : port.get(ATTRIBUTE)) {
            if (option.path("ip_version").asInt() == version) {
                Optional<Option> known = Option.of(version, option.path(NAME).asString());
                known.ifPresent(told -> options.put(
                        told.ovnName(), told.written(option.path("opt_value").asString())));
            }
        }
        return options;
    }
}
