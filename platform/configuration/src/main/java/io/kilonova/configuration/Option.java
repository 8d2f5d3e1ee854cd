package io.kilonova.configuration;

import java.util.Locale;
import java.util.Optional;

/**
 * One thing that can be set: declared once, as a value, with all that is to be known of it. Options are compared by
 * identity: the one that was declared is the one to ask {@link Configuration#get} with.
 *
 * @param <T> what a set value becomes
 */
public final class Option<T> {
    private final String group;
    private final String name;
    private final OptionType<T> type;
    private final String defaultText;
    private final String unit;
    private final String meaning;

    private Option(String group, String name, OptionType<T> type, String defaultText, String unit, String meaning) {
        this.group = group;
        this.name = name;
        this.type = type;
        this.defaultText = defaultText;
        this.unit = unit;
        this.meaning = meaning;
    }

    /**
     * An option that has a value even when nobody sets one.
     *
     * @param group the section it stands in, {@code DEFAULT} for the first one
     * @param name Nova's name where Nova has the option, with underscores
     * @param defaultText the value when it is not set, as it would be written in a file; may refer to other options
     */
    public static <T> Option<T> of(String group, String name, OptionType<T> type, String defaultText) {
        return new Option<>(group, name, type, defaultText, "", "");
    }

    /** An option without a value when nobody sets one. */
    public static <T> Option<Optional<T>> unset(String group, String name, OptionType<T> type) {
        return new Option<>(group, name, type.optional(), "", "", "");
    }

    /** The option with what its number counts, in words: {@code "seconds"}. */
    public Option<T> in(String newUnit) {
        return new Option<>(group, name, type, defaultText, newUnit, meaning);
    }

    /** The option with what it does, in a sentence or two for an operator. */
    public Option<T> meaning(String newMeaning) {
        return new Option<>(group, name, type, defaultText, unit, newMeaning);
    }

    /** The section that it stands in. */
    public String group() {
        return group;
    }

    /** Its key. */
    public String name() {
        return name;
    }

    /** What its text may be. */
    public OptionType<T> type() {
        return type;
    }

    /** Its value when it is not set, as it would be written; empty where nothing is the default. */
    public String defaultText() {
        return defaultText;
    }

    /** What its number counts; empty where there is nothing to count. */
    public String unit() {
        return unit;
    }

    /** What it does. */
    public String meaning() {
        return meaning;
    }

    /** The environment variable that overrides it: {@code KILONOVA_API_MAX_LIMIT}, {@code KILONOVA_HOST} for {@code [DEFAULT] host}. */
    public String variable() {
        String prefix = group.equals(Options.DEFAULT_GROUP) ? "" : group + "_";
        return Options.VARIABLE_PREFIX + (prefix + name).toUpperCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return "[%s] %s".formatted(group, name);
    }
}
