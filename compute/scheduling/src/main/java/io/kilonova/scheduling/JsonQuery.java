package io.kilonova.scheduling;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Hint {@code query}: JSON lists such as {@code ["and", [">=", "$free_ram_mb", 1024], ["=", "$hypervisor_type", "QEMU"]]}, at
 * most {@value #MAXIMUM_LENGTH} characters and {@value #MAXIMUM_DEPTH} lists deep.
 */
final class JsonQuery {
    private static final int MAXIMUM_LENGTH = 65_535;
    private static final int MAXIMUM_DEPTH = 20;
    private static final String HINT = "query";

    private JsonQuery() {}

    static HostFilter filter() {
        return HostFilter.of(
                "JsonFilter",
                request -> request.hints()
                        .first(HINT)
                        .filter(text -> !text.isBlank())
                        .map(JsonQuery::parse)
                        .map(query -> HostCheck.of(query::holds, host -> "does not meet the hint query")));
    }

    /** A part of a query. */
    private sealed interface Term {
        /** Whether the part holds for a host; a value holds when it is neither empty nor zero. */
        boolean holds(Host host);
    }

    /** A text, number, truth value or the path of a host's attribute. */
    private record Value(String text, boolean path) implements Term {
        Optional<String> of(Host host) {
            return path ? HostAttributes.value(host, text) : Optional.of(text);
        }

        @Override
        public boolean holds(Host host) {
            return of(host).filter(found -> !found.isEmpty() && !found.equals("0") && !found.equals("false"))
                    .isPresent();
        }
    }

    private record Operation(String operator, List<Term> terms) implements Term {
        @Override
        public boolean holds(Host host) {
            return switch (operator) {
                case "and" -> terms.stream().allMatch(term -> term.holds(host));
                case "or" -> terms.stream().anyMatch(term -> term.holds(host));
                case "not" -> terms.stream().anyMatch(term -> !term.holds(host));
                case "in" -> compares(host, false);
                default -> compares(host, true);
            };
        }

        private boolean compares(Host host, boolean all) {
            if (terms.size() < 2 || !(terms.getFirst() instanceof Value first)) {
                return false;
            }
            Optional<String> left = first.of(host);
            for (Term term : terms.subList(1, terms.size())) {
                Optional<String> right = term instanceof Value value ? value.of(host) : Optional.empty();
                boolean holds = left.isPresent() && right.isPresent() && compare(left.get(), right.get());
                if (holds != all) {
                    return holds;
                }
            }
            return all;
        }

        private boolean compare(String left, String right) {
            OptionalDouble leftNumber = number(left);
            OptionalDouble rightNumber = number(right);
            int order = leftNumber.isPresent() && rightNumber.isPresent()
                    ? Double.compare(leftNumber.getAsDouble(), rightNumber.getAsDouble())
                    : left.compareTo(right);
            return switch (operator) {
                case "<" -> order < 0;
                case ">" -> order > 0;
                case "<=" -> order <= 0;
                case ">=" -> order >= 0;
                default -> order == 0;
            };
        }
    }

    private static OptionalDouble number(String text) {
        return text.matches("-?[0-9]{1,18}(\\.[0-9]{1,18})?")
                ? OptionalDouble.of(Double.parseDouble(text))
                : OptionalDouble.empty();
    }

    private static Term parse(String text) {
        if (text.length() > MAXIMUM_LENGTH) {
            throw SchedulingError.HINT_INVALID.with(HINT, "it is too long");
        }
        Parser parser = new Parser(text);
        Term term = parser.term(0);
        parser.end();
        return term;
    }

    /** Reads the few forms of JSON that a query has. */
    private static final class Parser {
        private final String text;
        private int place;

        Parser(String text) {
            this.text = text;
        }

        Term term(int depth) {
            char next = peek();
            if (next == '[') {
                return operation(depth);
            }
            if (next == '"') {
                String string = string();
                return string.startsWith("$") ? new Value(string.substring(1), true) : new Value(string, false);
            }
            int start = place;
            while (place < text.length() && ",] \t\r\n".indexOf(text.charAt(place)) < 0) {
                place++;
            }
            String word = text.substring(start, place);
            if (number(word).isEmpty() && !List.of("true", "false", "null").contains(word)) {
                throw invalid("it is not JSON at character " + start);
            }
            return new Value(word.equals("null") ? "" : word, false);
        }

        private Term operation(int depth) {
            if (depth >= MAXIMUM_DEPTH) {
                throw invalid("its lists are nested too deeply");
            }
            place++;
            List<Term> terms = new ArrayList<>();
            while (peek() != ']') {
                terms.add(term(depth + 1));
                if (peek() == ',') {
                    place++;
                } else if (peek() != ']') {
                    throw invalid("it is not JSON at character " + place);
                }
            }
            place++;
            if (terms.isEmpty() || !(terms.getFirst() instanceof Value operator) || operator.path()) {
                throw invalid("each list must begin with an operator");
            }
            if (!List.of("=", "<", ">", "in", "<=", ">=", "not", "or", "and").contains(operator.text())) {
                throw invalid("there is no such operator");
            }
            return new Operation(operator.text(), List.copyOf(terms.subList(1, terms.size())));
        }

        private String string() {
            StringBuilder characters = new StringBuilder();
            for (place++; place < text.length(); place++) {
                char character = text.charAt(place);
                if (character == '"') {
                    place++;
                    return characters.toString();
                }
                if (character == '\\') {
                    place++;
                    if (place == text.length() || "\"\\/".indexOf(text.charAt(place)) < 0) {
                        throw invalid("it has an escape that cannot be read");
                    }
                    character = text.charAt(place);
                }
                characters.append(character);
            }
            throw invalid("a text does not end");
        }

        private char peek() {
            while (place < text.length() && " \t\r\n".indexOf(text.charAt(place)) >= 0) {
                place++;
            }
            if (place == text.length()) {
                throw invalid("it ends too early");
            }
            return text.charAt(place);
        }

        void end() {
            if (!text.substring(place).isBlank()) {
                throw invalid("something follows its end");
            }
        }

        private static RuntimeException invalid(String reason) {
            return SchedulingError.HINT_INVALID.with(HINT, reason);
        }
    }
}
