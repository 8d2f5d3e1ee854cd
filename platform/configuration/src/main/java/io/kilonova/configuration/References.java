package io.kilonova.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Follows {@code $name}, {@code ${name}} and {@code ${group.name}} from value to value. A bare name is looked for in the
 * value's own group first and then in {@code [DEFAULT]}. {@code $$} and {@code \$} are a dollar sign.
 */
final class References {
    /** A longer result, or a longer chain, is refused: few short lines could otherwise grow without end. */
    static final int MAXIMUM_LENGTH = 65_536;

    private final Options options;
    private final Raw raw;

    /** Where an option's value comes from before references are followed. */
    interface Raw {
        Setting of(Option<?> option);
    }

    References(Options options, Raw raw) {
        this.options = options;
        this.raw = raw;
    }

    /** The option's texts with every reference replaced. */
    List<String> resolve(Option<?> option) {
        return resolve(option, List.of());
    }

    private List<String> resolve(Option<?> option, List<Option<?>> chain) {
        Setting setting = raw.of(option);
        List<Option<?>> longer = new ArrayList<>(chain);
        longer.add(option);
        if (chain.contains(option)) {
            String circle =
                    String.join(" -> ", longer.stream().map(Option::toString).toList());
            throw ConfigurationError.ENDLESS_REFERENCE.with(setting.place(), option.group(), option.name(), circle);
        }
        return setting.texts().stream()
                .map(text -> replace(text, option, longer))
                .toList();
    }

    private String replace(String text, Option<?> within, List<Option<?>> chain) {
        if (text.indexOf('$') < 0) {
            return text;
        }
        StringBuilder result = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char character = text.charAt(at);
            if (character == '\\' && at + 1 < text.length() && text.charAt(at + 1) == '$') {
                result.append('$');
                at += 2;
            } else if (character != '$') {
                result.append(character);
                at++;
            } else if (at + 1 < text.length() && text.charAt(at + 1) == '$') {
                result.append('$');
                at += 2;
            } else {
                String name = nameAt(text, at + 1);
                result.append(String.join(",", resolve(target(name, within), chain)));
                at += 1 + name.length() + (text.startsWith("{", at + 1) ? 2 : 0);
            }
            if (result.length() > MAXIMUM_LENGTH) {
                throw ConfigurationError.BAD_VALUE.with(
                        raw.of(within).place(),
                        within.group(),
                        within.name(),
                        "(long)",
                        "with its references it is longer than %d characters".formatted(MAXIMUM_LENGTH));
            }
        }
        return result.toString();
    }

    /** The name after a dollar sign, without braces; empty when there is none. */
    private static String nameAt(String text, int start) {
        if (text.startsWith("{", start)) {
            int end = text.indexOf('}', start);
            return end < 0 ? "" : text.substring(start + 1, end);
        }
        int end = start;
        while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
            end++;
        }
        return text.substring(start, end);
    }

    private Option<?> target(String name, Option<?> within) {
        int dot = name.indexOf('.');
        Optional<Option<?>> found = dot > 0
                ? options.find(name.substring(0, dot), name.substring(dot + 1))
                : options.find(within.group(), name).or(() -> options.find(Options.DEFAULT_GROUP, name));
        return found.orElseThrow(() ->
                ConfigurationError.BAD_REFERENCE.with(raw.of(within).place(), within.group(), within.name(), name));
    }
}
