package io.kilonova.configuration;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What an option's text may be, and what it becomes. Parsers throw {@link IllegalArgumentException} with the end of a
 * sentence that tells what is wanted; {@link Configuration} puts the place in front of it.
 *
 * @param <T> what the text becomes
 */
public final class OptionType<T> {
    private static final Map<String, Long> DURATION_MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Map<String, Integer> SIZE_SHIFTS = Map.of("b", 0, "kib", 10, "mib", 20, "gib", 30, "tib", 40);
    private static final int MAXIMUM_LIST_LENGTH = 1_000;

    private final String description;
    private final Function<List<String>, T> parser;

    private OptionType(String description, Function<List<String>, T> parser) {
        this.description = description;
        this.parser = parser;
    }

    /** Where one value counts, the last one written wins, as oslo.config has it. */
    private static <T> OptionType<T> scalar(String description, Function<String, T> parser) {
        return new OptionType<>(
                description, texts -> parser.apply(texts.getLast().strip()));
    }

    /** What is wanted, for people: {@code "integer, 1 to 1000"}. */
    public String description() {
        return description;
    }

    /** The value of these texts; there is more than one where a key was written more than once. */
    public T parse(List<String> texts) {
        return parser.apply(texts);
    }

    /** The same type for an option that need not be set: an empty text is unset. */
    public OptionType<Optional<T>> optional() {
        return new OptionType<>(description, texts -> {
            boolean unset = texts.stream().allMatch(String::isBlank);
            return unset ? Optional.empty() : Optional.of(parser.apply(texts));
        });
    }

    /** Any text of one line. */
    public static OptionType<String> text() {
        return checkedText("text", text -> Optional.empty());
    }

    /** A text of one line that {@code complaint} has nothing to say about. */
    public static OptionType<String> checkedText(String description, Function<String, Optional<String>> complaint) {
        return scalar(description, text -> {
            if (text.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("one line is wanted");
            }
            complaint.apply(text).ifPresent(OptionType::refuse);
            return text;
        });
    }

    /** {@code true}, {@code yes}, {@code on}, {@code 1} and their opposites, in any case. */
    public static OptionType<Boolean> bool() {
        return scalar("true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw new IllegalArgumentException("true or false is wanted");
        });
    }

    /** A whole number within bounds, both included. */
    public static OptionType<Integer> integer(int minimum, int maximum) {
        String wanted = "integer, %d%s"
                .formatted(minimum, maximum == Integer.MAX_VALUE ? " or more" : " to %d".formatted(maximum));
        return scalar(wanted, text -> Math.toIntExact(wholeNumber(text, minimum, maximum, wanted)));
    }

    /** A decimal number within bounds, both included; never NaN nor infinite. */
    public static OptionType<Double> real(double minimum, double maximum) {
        String wanted = "number, %s to %s".formatted(minimum, maximum);
        return scalar(wanted, text -> {
            if (text.length() > 32 || !text.matches("-?[0-9]{1,15}(\\.[0-9]{1,15})?")) {
                throw new IllegalArgumentException(wanted + " is wanted");
            }
            double number = Double.parseDouble(text);
            if (number < minimum || number > maximum) {
                throw new IllegalArgumentException(wanted + " is wanted");
            }
            return number;
        });
    }

    /** A time: a bare number is seconds, as in nova.conf; {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 1d}. */
    public static OptionType<Duration> duration(Duration minimum, Duration maximum) {
        String wanted =
                "time, %ds to %ds, such as 90, 90s, 5m or 2h".formatted(minimum.toSeconds(), maximum.toSeconds());
        return scalar(wanted, text -> {
            Measure measure = Measure.of(text, "s", wanted);
            Long millis = DURATION_MILLIS.get(measure.unit());
            if (millis == null) {
                throw new IllegalArgumentException(wanted + " is wanted");
            }
            Duration duration = Duration.ofMillis(multiply(measure.number(), millis, wanted));
            if (duration.compareTo(minimum) < 0 || duration.compareTo(maximum) > 0) {
                throw new IllegalArgumentException(wanted + " is wanted");
            }
            return duration;
        });
    }

    /** A number of bytes from 0 on: a bare number counts mebibytes, as Nova's {@code ..._mb}; {@code 512MiB}, {@code 2GiB}. */
    public static OptionType<Long> size() {
        String wanted = "size in MiB, or with a unit, such as 512, 512MiB or 2GiB";
        return scalar(wanted, text -> {
            Measure measure = Measure.of(text, "mib", wanted);
            Integer shift = SIZE_SHIFTS.get(measure.unit());
            if (shift == null) {
                throw new IllegalArgumentException(wanted + " is wanted");
            }
            return multiply(measure.number(), 1L << shift, wanted);
        });
    }

    /** A place to listen at or to call, {@code host:port}. */
    public static OptionType<HostAndPort> hostAndPort() {
        return scalar("host:port", HostAndPort::parse);
    }

    /** A file or folder; {@code ~/} is the home of the user who runs the program. */
    public static OptionType<Path> path() {
        return scalar("path", OptionType::pathOf);
    }

    /** One of a few words. */
    public static OptionType<String> choice(String... choices) {
        List<String> allowed = List.of(choices);
        String wanted = "one of " + String.join(", ", allowed);
        return scalar(wanted, text -> {
            if (!allowed.contains(text)) {
                String hint = NearestName.of(text, allowed)
                        .map(name -> "; \"%s\"?".formatted(name))
                        .orElse("");
                throw new IllegalArgumentException("%s is wanted%s".formatted(wanted, hint));
            }
            return text;
        });
    }

    /** Words separated by commas; a key that is written again adds to the list. */
    public static OptionType<List<String>> list() {
        return new OptionType<>("list, separated by commas", texts -> {
            List<String> items = new ArrayList<>();
            for (String text : texts) {
                for (String item : text.split("[,\n]", -1)) {
                    if (!item.isBlank()) {
                        items.add(item.strip());
                    }
                }
            }
            if (items.size() > MAXIMUM_LIST_LENGTH) {
                throw new IllegalArgumentException("at most %d items are taken".formatted(MAXIMUM_LIST_LENGTH));
            }
            return List.copyOf(items);
        });
    }

    /** The path of a file whose content, without its last line end, is a secret. The secret itself never stands in the configuration. */
    public static OptionType<Secret> secretFile() {
        return scalar("path of a file that holds a secret", text -> SecretFile.read(pathOf(text)));
    }

    private static Path pathOf(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a path is wanted");
        }
        try {
            return text.startsWith("~/") ? Path.of(System.getProperty("user.home"), text.substring(2)) : Path.of(text);
        } catch (InvalidPathException refused) {
            throw new IllegalArgumentException("this is no path: " + refused.getReason(), refused);
        }
    }

    private static long wholeNumber(String text, long minimum, long maximum, String wanted) {
        if (!text.matches("[+-]?[0-9]{1,18}")) {
            throw new IllegalArgumentException(wanted + " is wanted");
        }
        long number = Long.parseLong(text);
        if (number < minimum || number > maximum) {
            throw new IllegalArgumentException(wanted + " is wanted");
        }
        return number;
    }

    private static long multiply(long number, long factor, String wanted) {
        try {
            return Math.multiplyExact(number, factor);
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException(wanted + " is wanted", tooLarge);
        }
    }

    private static void refuse(String complaint) {
        throw new IllegalArgumentException(complaint);
    }

    /** A number with its unit, in lower case. */
    private record Measure(long number, String unit) {
        static Measure of(String text, String bareUnit, String wanted) {
            String digits = text.chars()
                    .takeWhile(character -> character >= '0' && character <= '9')
                    .mapToObj(Character::toString)
                    .collect(Collectors.joining());
            if (digits.isEmpty() || digits.length() > 15) {
                throw new IllegalArgumentException(wanted + " is wanted");
            }
            String unit = text.substring(digits.length()).strip().toLowerCase(Locale.ROOT);
            return new Measure(Long.parseLong(digits), unit.isEmpty() ? bareUnit : unit);
        }
    }
}
