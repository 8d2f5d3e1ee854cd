package io.kilonova.configuration;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All options of a program, in the order in which they are printed. Made once and handed to whoever needs it. */
public final class Options {
    /** The group whose options have no group in their variable's name. */
    public static final String DEFAULT_GROUP = "DEFAULT";

    /** What the environment variables that override options begin with. */
    public static final String VARIABLE_PREFIX = "KILONOVA_";

    private final Map<String, Map<String, Option<?>>> groups = new LinkedHashMap<>();
    private final Map<String, Option<?>> variables = new LinkedHashMap<>();

    private Options(List<Option<?>> options) {
        for (Option<?> option : options) {
            Option<?> namesake = groups.computeIfAbsent(normalGroup(option.group()), group -> new LinkedHashMap<>())
                    .putIfAbsent(normalName(option.name()), option);
            Option<?> rival = variables.putIfAbsent(option.variable(), option);
            if (namesake != null || rival != null) {
                throw new IllegalArgumentException("%s is declared twice, or shares its variable".formatted(option));
            }
        }
    }

    /** These options; no two may share a name, or the name of their environment variable. */
    public static Options of(Collection<? extends Option<?>> options) {
        return new Options(List.copyOf(options));
    }

    /** The option with this group and key; dashes stand for underscores, and groups are the same in any case. */
    public Optional<Option<?>> find(String group, String name) {
        return Optional.ofNullable(
                groups.getOrDefault(normalGroup(group), Map.of()).get(normalName(name)));
    }

    /** The option that this environment variable overrides. */
    public Optional<Option<?>> findByVariable(String variable) {
        return Optional.ofNullable(variables.get(variable));
    }

    /** Whether any option stands in this group. */
    public boolean hasGroup(String group) {
        return groups.containsKey(normalGroup(group));
    }

    /** The names of the groups, in order. */
    public List<String> groups() {
        List<String> names = new ArrayList<>();
        groups.values()
                .forEach(group -> names.add(group.values().iterator().next().group()));
        return names;
    }

    /** The options of a group, in order; none where there is no such group. */
    public List<Option<?>> in(String group) {
        return List.copyOf(groups.getOrDefault(normalGroup(group), Map.of()).values());
    }

    /** Every option, in order. */
    public List<Option<?>> all() {
        return List.copyOf(variables.values());
    }

    /** The names of the environment variables. */
    public List<String> variables() {
        return List.copyOf(variables.keySet());
    }

    private static String normalGroup(String group) {
        return group.toLowerCase(Locale.ROOT);
    }

    private static String normalName(String name) {
        return name.replace('-', '_');
    }
}
