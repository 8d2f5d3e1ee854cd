package io.kilonova.ovn;

import java.util.regex.Pattern;

/**
 * What may be written into OVN's rows. Names and addresses become parts of match expressions there, so that anything but
 * their plain form would be a way to write rules for somebody else's ports.
 */
final class Notation {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,254}");
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");
    private static final Pattern HARDWARE = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    private static final Pattern ADDRESS_4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern ADDRESS_6 = Pattern.compile("[0-9a-fA-F:]{2,39}(:[0-9]{1,3}(\\.[0-9]{1,3}){3})?");
    private static final Pattern PREFIX = Pattern.compile("/[0-9]{1,3}");

    private Notation() {}

    /** An id or name: 1 to 63 letters, digits, dots, dashes or underscores. */
    static String identifier(String what, String value) {
        return checked(what, value, IDENTIFIER.matcher(value).matches());
    }

    /** A host's name, or its chassis's: as an identifier, up to 255 characters. */
    static String host(String value) {
        return checked("The host", value, HOST.matcher(value).matches());
    }

    /** A hardware address such as {@code fa:16:3e:00:00:01}; answered in lower case. */
    static String hardwareAddress(String value) {
        return checked("The hardware address", value, HARDWARE.matcher(value).matches())
                .toLowerCase(java.util.Locale.ROOT);
    }

    /** An address of IPv4 or IPv6 without a prefix length. */
    static String address(String value) {
        return checked("The address", value, isAddress4(value) || isAddress6(value));
    }

    /** A network such as {@code 10.0.0.0/24}, or an address alone. */
    static String network(String value) {
        int slash = value.indexOf('/');
        if (slash < 0) {
            return address(value);
        }
        String address = value.substring(0, slash);
        boolean valid = (isAddress4(address) || isAddress6(address))
                && PREFIX.matcher(value.substring(slash)).matches()
                && Integer.parseInt(value.substring(slash + 1)) <= (isAddress4(address) ? 32 : 128);
        return checked("The network", value, valid);
    }

    static boolean isAddress6(String value) {
        return value.indexOf(':') >= 0 && ADDRESS_6.matcher(value).matches();
    }

    private static boolean isAddress4(String value) {
        if (!ADDRESS_4.matcher(value).matches()) {
            return false;
        }
        for (String octet : value.split("\\.", -1)) {
            if (Integer.parseInt(octet) > 255) {
                return false;
            }
        }
        return true;
    }

    private static String checked(String what, String value, boolean valid) {
        if (!valid) {
            throw OvnError.VALUE_INVALID.with(what, JsonRpcConnection.cut(value));
        }
        return value;
    }
}
