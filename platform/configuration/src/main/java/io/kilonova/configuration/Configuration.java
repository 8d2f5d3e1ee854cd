package io.kilonova.configuration;

import io.kilonova.errors.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is set: the defaults, over them a file, over that the environment, over all the command line. Everything is read and checked when it is made,
 * so that a mistake stops the start and never a request; all mistakes are told at once.
 */
public final class Configuration {
    private final Options options;
    private final Map<Option<?>, Setting> settings = new HashMap<>();
    private final Map<Option<?>, Object> values = new HashMap<>();
    private final List<String> notices = new ArrayList<>();
    private final List<ServiceException> mistakes = new ArrayList<>();

    private Configuration(Options options) {
        this.options = options;
    }

    /**
     * Reads and checks a configuration.
     *
     * @param file the file, where there is one; it must be readable
     * @param environment the variables of the process
     * @throws ServiceException with a {@link ConfigurationError}: what is wrong, and where
     */
    public static Configuration read(Options options, Optional<Path> file, Map<String, String> environment) {
        return read(options, file, environment, Map.of());
    }

    /** The same, with what the command line says over all else; its keys are options of {@code options}. */
    public static Configuration read(
            Options options, Optional<Path> file, Map<String, String> environment, Map<Option<?>, String> commandLine) {
        Optional<IniFile> content = file.map(path -> IniFile.parse(path.toString(), text(path)));
        Configuration configuration = new Configuration(options);
        content.ifPresent(configuration::take);
        configuration.takeEnvironment(new TreeMap<>(environment));
        commandLine.forEach(
                (option, value) -> configuration.settings.put(option, new Setting(List.of(value), "command line")));
        configuration.parseAll();
        configuration.refuseMistakes();
        return configuration;
    }

    /** The option's value. The option must be one of those that the configuration was read with. */
    public <T> T get(Option<T> option) {
        Object value = values.get(option);
        if (value == null) {
            throw new IllegalArgumentException("%s is not among this configuration's options".formatted(option));
        }
        @SuppressWarnings("unchecked") // values are put by parse(Option<T>) alone
        T typed = (T) value;
        return typed;
    }

    /** Where the option's value comes from: {@code file:line}, {@code environment KILONOVA_…} or {@code default}. */
    public String place(Option<?> option) {
        return setting(option).place();
    }

    /** Whether nobody set the option. */
    public boolean isDefault(Option<?> option) {
        return setting(option).isDefault();
    }

    /** What the option is set to, as written; a secret's text is never in it, only the path of its file. */
    public List<String> texts(Option<?> option) {
        return setting(option).texts();
    }

    /** What an operator should be told at the start: keys that were passed over, and why. */
    public List<String> notices() {
        return List.copyOf(notices);
    }

    /** The options that this was read with. */
    public Options options() {
        return options;
    }

    private void take(IniFile file) {
        NovaKeys novaKeys = NovaKeys.load();
        for (IniFile.Entry entry : file.entries()) {
            String place = file.name() + ":" + entry.line();
            Optional<Option<?>> option = options.find(entry.section(), entry.key());
            if (option.isPresent()) {
                settings.merge(
                        option.get(),
                        new Setting(List.of(entry.value()), place),
                        (earlier, later) -> earlier.and(entry.value(), place));
            } else {
                explainUnknown(novaKeys, entry, place);
            }
        }
    }

    private void explainUnknown(NovaKeys novaKeys, IniFile.Entry entry, String place) {
        String group = entry.section();
        String key = entry.key();
        Optional<NovaKeys.Explanation> explanation = novaKeys.explain(group, key);
        if (explanation.isEmpty()) {
            mistakes.add(unknown(entry, place));
            return;
        }
        switch (explanation.get().verdict()) {
            case UNNEEDED ->
                notices.add("%s: [%s] %s is not needed: %s"
                        .formatted(place, group, key, explanation.get().sentence()));
            case REFUSED ->
                mistakes.add(ConfigurationError.NOT_OFFERED.with(
                        place, group, key, explanation.get().sentence()));
        }
    }

    private ServiceException unknown(IniFile.Entry entry, String place) {
        String group = entry.section();
        List<String> groupsWithKey = options.groups().stream()
                .filter(other -> options.find(other, entry.key()).isPresent())
                .toList();
        if (!groupsWithKey.isEmpty()) {
            String hint = " It stands in [%s].".formatted(groupsWithKey.getFirst());
            return ConfigurationError.UNKNOWN_KEY.with(place, group, entry.key(), hint);
        }
        if (!options.hasGroup(group)) {
            return ConfigurationError.UNKNOWN_GROUP.with(place, group, meant(group, options.groups()));
        }
        List<String> names = options.in(group).stream().map(Option::name).toList();
        return ConfigurationError.UNKNOWN_KEY.with(place, group, entry.key(), meant(entry.key(), names));
    }

    private static String meant(String written, List<String> names) {
        return NearestName.of(written, names)
                .map(" Did you mean \"%s\"?"::formatted)
                .orElse(" \"kilonova config\" prints all there are.");
    }

    /** A variable that is no option's is told, and no mistake: an orchestrator sets KILONOVA_PORT and the like by itself. */
    private void takeEnvironment(Map<String, String> environment) {
        environment.forEach((variable, value) -> {
            if (variable.startsWith(Options.VARIABLE_PREFIX)) {
                Optional<Option<?>> option = options.findByVariable(variable);
                option.ifPresent(known -> settings.put(known, new Setting(List.of(value), "environment " + variable)));
                if (option.isEmpty()) {
                    notices.add("environment %s: no option has this variable; it is passed over.%s"
                            .formatted(variable, meant(variable, options.variables())));
                }
            }
        });
    }

    private void parseAll() {
        References references = new References(options, this::setting);
        for (Option<?> option : options.all()) {
            try {
                parse(option, references);
            } catch (ServiceException mistake) {
                mistakes.add(mistake);
            }
        }
    }

    private <T> void parse(Option<T> option, References references) {
        List<String> texts = references.resolve(option);
        try {
            values.put(option, option.type().parse(texts));
        } catch (IllegalArgumentException refused) {
            throw ConfigurationError.BAD_VALUE.with(
                    setting(option).place(),
                    option.group(),
                    option.name(),
                    shown(texts.getLast()),
                    String.valueOf(refused.getMessage()));
        }
    }

    private void refuseMistakes() {
        if (mistakes.size() == 1) {
            throw mistakes.getFirst();
        }
        if (!mistakes.isEmpty()) {
            String lines = String.join(
                    System.lineSeparator(),
                    mistakes.stream()
                            .limit(20)
                            .map(mistake -> "  " + mistake.sentence())
                            .toList());
            throw ConfigurationError.SEVERAL.with(mistakes.size(), lines);
        }
    }

    private Setting setting(Option<?> option) {
        return settings.getOrDefault(option, new Setting(List.of(option.defaultText()), Setting.DEFAULT_PLACE));
    }

    /** As a message may show it: short, and without the password of a URL, which somebody may have put where none belongs. */
    private static String shown(String value) {
        String text = value.replaceAll("(://[^:/@]{0,1000}):[^@]{0,1000}@", "$1:***@");
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    private static String text(Path file) {
        byte[] bytes;
        try (InputStream stream = Files.newInputStream(file)) {
            bytes = stream.readNBytes(IniFile.MAXIMUM_BYTES + 1);
        } catch (IOException unreadable) {
            throw ConfigurationError.FILE_UNREADABLE.because(unreadable, file, reason(unreadable));
        }
        if (bytes.length > IniFile.MAXIMUM_BYTES) {
            throw ConfigurationError.FILE_TOO_LARGE.with(file, IniFile.MAXIMUM_BYTES);
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer input = ByteBuffer.wrap(bytes);
        CharBuffer output = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(input, output, true);
        if (result.isError()) {
            throw ConfigurationError.NOT_UTF_8.with(file, input.position() + 1);
        }
        String text = output.flip().toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case java.nio.file.NoSuchFileException missing -> "there is no such file.";
            case java.nio.file.AccessDeniedException denied -> "permission denied.";
            default -> String.valueOf(failure.getMessage());
        };
    }
}
