package io.kilonova.http;

/** What Nova calls printable: characters of the basic plane that are neither control, format nor unassigned, and spaces. */
final class PrintableText {
    private PrintableText() {}

    /** Printable from end to end, without a space at either end; without a colon for zones. */
    static boolean isName(String text, boolean withoutColon) {
        return text.isEmpty()
                || !isSpace(text.charAt(0))
                        && !isSpace(text.charAt(text.length() - 1))
                        && isPrintable(text)
                        && !(withoutColon && text.indexOf(':') >= 0);
    }

    /** Printable, with something other than spaces in it; without a colon for zones. */
    static boolean isNameWithin(String text, boolean withoutColon) {
        return isPrintable(text)
                && text.chars().anyMatch(character -> !isSpace((char) character))
                && !(withoutColon && text.indexOf(':') >= 0);
    }

    /** Printable characters and spaces only; empty counts. */
    static boolean isPrintable(String text) {
        return text.chars().allMatch(character -> isPrintable((char) character));
    }

    private static boolean isSpace(char character) {
        return Character.getType(character) == Character.SPACE_SEPARATOR;
    }

    private static boolean isPrintable(char character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
