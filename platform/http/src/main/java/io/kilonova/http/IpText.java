package io.kilonova.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;

/** IP addresses in text, read without ever asking a name server. */
public final class IpText {
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

    /** An address in the one form in which it is written (RFC 5952); what is none is left as it is. */
    public static String canonical(String text) {
        return isVersion6(text) ? canonical(Inet6Address.ofLiteral(text)) : text;
    }

    /** An address in the one form in which it is written: of IPv6's zero groups the longest run, of two at least, is left out. */
    public static String canonical(InetAddress address) {
        String text = address.getHostAddress();
        if (!(address instanceof Inet6Address)) {
            return text;
        }
        String[] groups = text.split(":");
        int bestStart = -1;
        int bestLength = 1;
        for (int start = 0; start < groups.length; start++) {
            int end = start;
            while (end < groups.length && groups[end].equals("0")) {
                end++;
            }
            if (end - start > bestLength) {
                bestStart = start;
                bestLength = end - start;
            }
        }
        if (bestStart < 0) {
            return text;
        }
        String left = String.join(":", Arrays.copyOfRange(groups, 0, bestStart));
        String right = String.join(":", Arrays.copyOfRange(groups, bestStart + bestLength, groups.length));
        return left + "::" + right;
    }

    private static boolean isNumber(String text, int maximum) {
        return !text.isEmpty()
                && text.length() <= LONGEST_OCTET_CHARACTERS
                && (text.length() == 1 || text.charAt(0) != '0')
                && text.chars().allMatch(digit -> digit >= '0' && digit <= '9')
                && Integer.parseInt(text) <= maximum;
    }
}
