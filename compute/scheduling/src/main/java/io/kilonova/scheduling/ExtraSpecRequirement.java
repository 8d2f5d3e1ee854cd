package io.kilonova.scheduling;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoublePredicate;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * A value with one of Nova's operators, parsed once a request: {@code = == != >= <=} compare numbers (a single {@code =} means
 * "at least"), {@code s== s!= s< s<= s> s>=} compare text, {@code <in>} looks for a part, {@code <all-in>} for all parts,
 * {@code <or>} for one of several. Without an operator the whole text must be equal.
 */
final class ExtraSpecRequirement {
    private final Predicate<String> test;

    private ExtraSpecRequirement(Predicate<String> test) {
        this.test = test;
    }

    /** Whether a host's value meets it. */
    boolean met(String value) {
        return test.test(value);
    }

    static ExtraSpecRequirement parse(String key, String text) {
        List<String> words = List.of(text.strip().split("\\s+"));
        String operator = words.getFirst();
        return switch (operator) {
            case "=", ">=" -> number(key, words, operand -> value -> value >= operand);
            case "==" -> number(key, words, operand -> value -> value == operand);
            case "!=" -> number(key, words, operand -> value -> value != operand);
            case "<=" -> number(key, words, operand -> value -> value <= operand);
            case "s==" -> text(words, comparison -> comparison == 0);
            case "s!=" -> text(words, comparison -> comparison != 0);
            case "s<" -> text(words, comparison -> comparison < 0);
            case "s<=" -> text(words, comparison -> comparison <= 0);
            case "s>" -> text(words, comparison -> comparison > 0);
            case "s>=" -> text(words, comparison -> comparison >= 0);
            case "<in>" -> new ExtraSpecRequirement(value -> words.size() > 1 && value.contains(words.get(1)));
            case "<all-in>" ->
                new ExtraSpecRequirement(value -> words.size() > 1
                        && words.subList(1, words.size()).stream().allMatch(value::contains));
            case "<or>" -> {
                List<String> choices = new ArrayList<>();
                for (int place = 1; place < words.size(); place += 2) {
                    choices.add(words.get(place));
                }
                yield new ExtraSpecRequirement(choices::contains);
            }
            default -> new ExtraSpecRequirement(text::equals);
        };
    }

    private static ExtraSpecRequirement text(List<String> words, IntPredicate accepts) {
        return new ExtraSpecRequirement(value -> words.size() > 1 && accepts.test(value.compareTo(words.get(1))));
    }

    private static ExtraSpecRequirement number(
            String key, List<String> words, java.util.function.DoubleFunction<DoublePredicate> accepts) {
        OptionalDouble operand = words.size() > 1 ? parseNumber(words.get(1)) : OptionalDouble.empty();
        if (operand.isEmpty()) {
            throw SchedulingError.EXTRA_SPEC_INVALID.with(key, "a number must follow " + words.getFirst());
        }
        DoublePredicate predicate = accepts.apply(operand.getAsDouble());
        return new ExtraSpecRequirement(value -> {
            OptionalDouble own = parseNumber(value);
            return own.isPresent() && predicate.test(own.getAsDouble());
        });
    }

    private static OptionalDouble parseNumber(String text) {
        return text.matches("[+-]?[0-9]{1,18}(\\.[0-9]{0,18})?")
                ? OptionalDouble.of(Double.parseDouble(text))
                : OptionalDouble.empty();
    }
}
