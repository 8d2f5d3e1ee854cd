package io.kilonova.configuration;

import java.util.ArrayList;
import java.util.List;

/**
 * Prints every option as an INI file that can be used as it is: what is set stands there, what is a default stands in a
 * comment, each with its type, unit and meaning.
 */
public final class ConfigurationListing {
    private static final int WIDTH = 100;

    private ConfigurationListing() {}

    /** The listing, lines separated by line feeds. */
    public static String of(Configuration configuration) {
        StringBuilder text = new StringBuilder();
        for (String group : configuration.options().groups()) {
            text.append(text.isEmpty() ? "" : "\n").append('[').append(group).append("]\n");
            for (Option<?> option : configuration.options().in(group)) {
                append(text, configuration, option);
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, Configuration configuration, Option<?> option) {
        text.append('\n');
        wrap(option.meaning()).forEach(line -> text.append("# ").append(line).append('\n'));
        String unit = option.unit().isEmpty() ? "" : " Unit: %s.".formatted(option.unit());
        String fallback = option.defaultText().isEmpty() ? "not set" : option.defaultText();
        text.append("# Type: %s.%s Default: %s\n".formatted(option.type().description(), unit, fallback));
        if (configuration.isDefault(option)) {
            text.append(
                    "# %s = %s\n".formatted(option.name(), option.defaultText()).replace("= \n", "=\n"));
        } else {
            text.append("# Set by: %s\n".formatted(configuration.place(option)));
            for (String value : configuration.texts(option)) {
                text.append("%s = %s\n".formatted(option.name(), value.replace("\n", "\n    ")));
            }
        }
    }

    private static List<String> wrap(String sentence) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : sentence.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
