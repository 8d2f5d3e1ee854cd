package io.kilonova.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file of the dialect that oslo.config reads: {@code [section]}, {@code key = value} or {@code key: value}, whole-line
 * comments with {@code #} or {@code ;}, lines that begin with a blank go on with the value before, a key may be written
 * again. References are not followed here: {@link References} does that.
 *
 * @param name what the file is called in messages
 * @param entries what was written, in order
 */
record IniFile(String name, List<Entry> entries) {
    /** Bounds: a configuration that is larger is a mistake, or an attack. */
    static final int MAXIMUM_BYTES = 1_048_576;

    static final int MAXIMUM_ENTRIES = 10_000;
    private static final int MAXIMUM_KEY_LENGTH = 255;

    /** One assignment. {@code line} counts from 1. */
    record Entry(String section, String key, String value, int line) {}

    /** Reads the text of a file; errors name {@code name:line}. */
    static IniFile parse(String name, String text) {
        Parser parser = new Parser(name);
        int line = 0;
        for (String content : text.split("\r\n|\n|\r", -1)) {
            line++;
            parser.take(content.stripTrailing(), line);
        }
        return parser.end();
    }

    private static final class Parser {
        private final String name;
        private final List<Entry> entries = new ArrayList<>();
        private Optional<String> section = Optional.empty();
        private Optional<Entry> open = Optional.empty();

        Parser(String name) {
            this.name = name;
        }

        void take(String content, int line) {
            if (content.isEmpty()) {
                finish();
            } else if (content.startsWith(" ") || content.startsWith("\t")) {
                goOn(content.strip(), line);
            } else {
                finish();
                switch (content.charAt(0)) {
                    case '#', ';' -> {}
                    case '[' -> section = Optional.of(sectionName(content, line));
                    default -> open = Optional.of(assignment(content, line));
                }
            }
        }

        IniFile end() {
            finish();
            return new IniFile(name, List.copyOf(entries));
        }

        private void finish() {
            open.ifPresent(entry ->
                    entries.add(new Entry(entry.section(), entry.key(), unquoted(entry.value()), entry.line())));
            open = Optional.empty();
        }

        private void goOn(String content, int line) {
            Entry entry = open.orElseThrow(() -> ConfigurationError.BAD_LINE.with(
                    place(line),
                    "the line begins with a blank, so it would go on with a value, but there is none before it."));
            String value = entry.value().isEmpty() ? content : entry.value() + "\n" + content;
            open = Optional.of(new Entry(entry.section(), entry.key(), value, entry.line()));
        }

        private String sectionName(String content, int line) {
            String inner = content.endsWith("]")
                    ? content.substring(1, content.length() - 1).strip()
                    : "";
            if (inner.isEmpty() || inner.length() > MAXIMUM_KEY_LENGTH) {
                throw ConfigurationError.BAD_LINE.with(place(line), "a section is written [name], alone on its line.");
            }
            return inner;
        }

        private Entry assignment(String content, int line) {
            int separator = firstOf(content.indexOf('='), content.indexOf(':'));
            if (separator < 0) {
                throw ConfigurationError.BAD_LINE.with(place(line), "\"key = value\" is wanted.");
            }
            String key = content.substring(0, separator).strip();
            if (key.isEmpty() || key.length() > MAXIMUM_KEY_LENGTH) {
                throw ConfigurationError.BAD_LINE.with(
                        place(line),
                        "a key of 1 to %d characters is wanted before the \"%s\"."
                                .formatted(MAXIMUM_KEY_LENGTH, content.charAt(separator)));
            }
            if (entries.size() >= MAXIMUM_ENTRIES) {
                throw ConfigurationError.BAD_LINE.with(place(line), "more than %d keys.".formatted(MAXIMUM_ENTRIES));
            }
            String inSection = section.orElseThrow(() -> ConfigurationError.BAD_LINE.with(
                    place(line), "\"%s\" stands before any section; put [DEFAULT] above it.".formatted(key)));
            return new Entry(inSection, key, content.substring(separator + 1).strip(), line);
        }

        private String place(int line) {
            return name + ":" + line;
        }

        private static int firstOf(int left, int right) {
            return left < 0 ? right : right < 0 ? left : Math.min(left, right);
        }

        /** A value within one pair of quotes loses them, so that blanks at its ends can be written. */
        private static String unquoted(String value) {
            boolean quoted = value.length() >= 2
                    && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                    && value.charAt(0) == value.charAt(value.length() - 1);
            return quoted ? value.substring(1, value.length() - 1) : value;
        }
    }
}
