package io.kilonova.servers;

import java.util.Optional;

/** Regular expressions that SQL's LIKE can stand for: anchors, {@code .}, {@code .*}, {@code .+} and plain characters. */
final class LikePattern {
    private static final String SPECIAL = "\\^$.|?*+()[]{}";

    private LikePattern() {}

    /** The pattern, with a backslash as its escape; empty for an expression that needs more than LIKE has. */
    static Optional<String> of(String expression) {
        boolean start = expression.startsWith("^");
        boolean end = expression.endsWith("$") && !expression.endsWith("\\$");
        String middle =
                expression.substring(start ? 1 : 0, Math.max(expression.length() - (end ? 1 : 0), start ? 1 : 0));
        StringBuilder like = new StringBuilder(start ? "" : "%");
        for (int index = 0; index < middle.length(); index++) {
            char character = middle.charAt(index);
            if (character == '.') {
                char repeats = index + 1 < middle.length() ? middle.charAt(index + 1) : ' ';
                like.append(repeats == '*' ? "%" : repeats == '+' ? "_%" : "_");
                index += repeats == '*' || repeats == '+' ? 1 : 0;
            } else if (character == '\\'
                    && index + 1 < middle.length()
                    && !Character.isLetterOrDigit(middle.charAt(index + 1))) {
                index++;
                literal(like, middle.charAt(index));
            } else if (SPECIAL.indexOf(character) >= 0) {
                return Optional.empty();
            } else {
                literal(like, character);
            }
            if (index + 1 < middle.length() && "?*+{".indexOf(middle.charAt(index + 1)) >= 0) {
                return Optional.empty();
            }
        }
        return Optional.of(like.append(end ? "" : "%").toString());
    }

    private static void literal(StringBuilder like, char character) {
        if (character == '%' || character == '_' || character == '\\') {
            like.append('\\');
        }
        like.append(character);
    }
}
