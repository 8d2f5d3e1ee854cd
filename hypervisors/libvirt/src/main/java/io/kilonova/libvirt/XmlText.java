package io.kilonova.libvirt;

/** Text that may stand in an XML 1.0 document. */
final class XmlText {
    private static final String REPLACEMENT = "\uFFFD";

    private XmlText() {}

    /** The text with each character that XML 1.0 cannot hold, escaped or not, replaced by U+FFFD. */
    static String legal(String text) {
        StringBuilder legal = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (isLegal(character)) {
                legal.appendCodePoint(character);
            } else {
                legal.append(REPLACEMENT);
            }
        });
        return legal.toString();
    }

    private static boolean isLegal(int character) {
        return character == '\t'
                || character == '\n'
                || (character >= 0x20 && character <= 0xD7FF)
                || (character >= 0xE000 && character <= 0xFFFD)
                || (character >= 0x10000 && character <= 0x10FFFF);
    }
}
