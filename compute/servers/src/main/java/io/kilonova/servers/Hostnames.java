package io.kilonova.servers;

import java.util.Locale;

/** Makes a guest's host name from what its user calls the server, as Nova does: RFC 1123 labels of at most 63 characters. */
final class Hostnames {
    private static final int MAXIMUM_CHARACTERS = 63;

    private Hostnames() {}

    /** The host name for {@code name}; {@code Server-ID} when nothing of it can stand in one. */
    static String from(String name, String serverId) {
        StringBuilder result = new StringBuilder();
        for (char character : name.toLowerCase(Locale.ROOT).toCharArray()) {
            if (character == ' ' || character == '_') {
                result.append('-');
            } else if ((character >= 'a' && character <= 'z')
                    || (character >= '0' && character <= '9')
                    || character == '-'
                    || character == '.') {
                result.append(character == '.' ? '-' : character);
            }
        }
        String clean = strip(result.toString());
        if (clean.isEmpty()) {
            return "Server-" + serverId;
        }
        return clean.length() <= MAXIMUM_CHARACTERS ? clean : strip(clean.substring(0, MAXIMUM_CHARACTERS));
    }

    private static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && text.charAt(start) == '-') {
            start++;
        }
        while (end > start && text.charAt(end - 1) == '-') {
            end--;
        }
        return text.substring(start, end);
    }
}
