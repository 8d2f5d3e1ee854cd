package io.kilonova.networks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    /**
     * What a value may be, and how OVN writes it. OVN makes flows of these texts: one that could end its own place in a flow
     * would add to what the switch does, for other ports too.
     */
    private enum Form {
        NUMBER("\\d{1,10}"),
        TRUTH("[01]"),
        ADDRESS("[0-9a-fA-F.:]{2,45}"),
        ADDRESSES("[0-9a-fA-F.:]{2,45}( ?, ?[0-9a-fA-F.:]{2,45}){0,15}"),
        TEXT("[\\x21-\\x7e&&[^\"\\\\{}$]]{1,255}");

        private final Pattern pattern;

        Form(String pattern) {
            this.pattern = Pattern.compile(pattern);
        }

        boolean takes(int version, String value) {
            return pattern.matcher(value).matches()
                    && switch (this) {
                        case NUMBER, TRUTH, TEXT -> true;
                        case ADDRESS, ADDRESSES ->
                            addresses(value)
                                    .allMatch(text -> IpAddresses.parse(text)
                                            .filter(address -> address.version() == version)
                                            .isPresent());
                    };
        }

        String written(String value) {
            return switch (this) {
                case NUMBER, TRUTH, ADDRESS -> value;
                case ADDRESSES -> "{" + addresses(value).collect(Collectors.joining(", ")) + "}";
                case TEXT -> '"' + value + '"';
            };
        }

        private static Stream<String> addresses(String value) {
            return Stream.of(value.split(",")).map(String::strip);
        }
    }

    /** An option that OVN can tell ({@code ovn-nb(5)}, table DHCP_Options). */
    private enum Option {
        NETMASK(4, "netmask", "1", "netmask", Form.ADDRESS),
        ROUTER(4, "router", "3", "router", Form.ADDRESS),
        DNS_SERVER(4, "dns-server", "6", "dns_server", Form.ADDRESSES),
        LOG_SERVER(4, "log-server", "7", "log_server", Form.ADDRESSES),
        LPR_SERVER(4, "lpr-server", "9", "lpr_server", Form.ADDRESSES),
        HOST_NAME(4, "hostname", "12", "hostname", Form.TEXT),
        DOMAIN_NAME(4, "domain-name", "15", "domain_name", Form.TEXT),
        SWAP_SERVER(4, "swap-server", "16", "swap_server", Form.ADDRESS),
        IP_FORWARD_ENABLE(4, "ip-forward-enable", "19", "ip_forward_enable", Form.TRUTH),
        DEFAULT_TTL(4, "default-ttl", "23", "default_ttl", Form.NUMBER),
        MTU(4, "mtu", "26", "mtu", Form.NUMBER),
        BROADCAST_ADDRESS(4, "broadcast-address", "28", "broadcast_address", Form.ADDRESS),
        NTP_SERVER(4, "ntp-server", "42", "ntp_server", Form.ADDRESSES),
        LEASE_TIME(4, "lease-time", "51", "lease_time", Form.NUMBER),
        TFTP_SERVER(4, "tftp-server", "66", "tftp_server", Form.TEXT),
        BOOTFILE_NAME(4, "bootfile-name", "67", "bootfile_name", Form.TEXT),
        DOMAIN_SEARCH(4, "domain-search", "119", "domain_search_list", Form.TEXT),
        TFTP_SERVER_ADDRESS(4, "server-ip-address", "150", "tftp_server_address", Form.ADDRESSES),
        PATH_PREFIX(4, "path-prefix", "210", "path_prefix", Form.TEXT),
        WPAD(4, "wpad", "252", "wpad", Form.TEXT),
        DNS_SERVER_6(6, "dns-server", "23", "dns_server", Form.ADDRESSES),
        DOMAIN_SEARCH_6(6, "domain-search", "24", "domain_search", Form.TEXT),
        BOOTFILE_URL_6(6, "bootfile-url", "59", "bootfile_name", Form.TEXT);

        private final int version;
        private final String neutronName;
        private final String number;
        private final String ovnName;
        private final Form form;

        Option(int version, String neutronName, String number, String ovnName, Form form) {
            this.version = version;
            this.neutronName = neutronName;
            this.number = number;
            this.ovnName = ovnName;
            this.form = form;
        }

        static Optional<Option> of(int version, String name) {
            return Stream.of(values())
                    .filter(option -> option.version == version)
                    .filter(option -> option.neutronName.equals(name) || option.number.equals(name))
                    .findFirst();
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
        if (value.isString()) {
            Option option = Option.of(version, name)
                    .orElseThrow(
                            () -> NetworkError.NOT_BUILT.with("the DHCP option %s of IPv%d".formatted(name, version)));
            if (!option.form.takes(version, value.asString())) {
                throw NetworkError.INVALID_INPUT.with("the opt_value of %s cannot be told by DHCP".formatted(name));
            }
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
                        told.ovnName, told.form.written(option.path("opt_value").asString())));
            }
        }
        return options;
    }
}
