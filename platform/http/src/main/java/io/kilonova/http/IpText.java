package io.kilonova.http;

import java.net.Inet6Address;

/** IP addresses in text, read without ever asking a name server. */
final class IpText {
    private static final int LONGEST_VERSION_6_CHARACTERS = 45;
    private static final int LONGEST_OCTET_CHARACTERS = 3;

    private IpText() {}

    /** Four numbers of 0 to 255 without leading zeros. */
    static boolean isVersion4(String text) {
        String[] octets = text.split("\\.", -1);
        if (octets.length != 4) {
            return false;
        }
        for (String octet : octets) {
            if (!isNumber(octet, 255)) {
                return false;
            }
        }
        return true;
    }

    /** An IPv6 address without a zone. */
    static boolean isVersion6(String text) {
        if (text.length() > LONGEST_VERSION_6_CHARACTERS
                || text.indexOf(':') < 0
                || !text.chars()
                        .allMatch(character -> character == ':'
                                || character == '.'
                                || character < 128 && Character.digit(character, 16) >= 0)) {
            return false;
        }
        try {
            Inet6Address.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException exception) {
            return false;
        }
    }

    /** An address, a slash and a prefix length that fits it. */
    static boolean isCidr(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return false;
        }
        String address = text.substring(0, slash);
        String prefix = text.substring(slash + 1);
        return isVersion4(address) && isNumber(prefix, 32) || isVersion6(address) && isNumber(prefix, 128);
    }

    private static boolean isNumber(String text, int maximum) {
        return !text.isEmpty()
                && text.length() <= LONGEST_OCTET_CHARACTERS
                && (text.length() == 1 || text.charAt(0) != '0')
                && text.chars().allMatch(digit -> digit >= '0' && digit <= '9')
                && Integer.parseInt(text) <= maximum;
    }
}
