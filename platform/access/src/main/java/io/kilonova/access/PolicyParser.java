package io.kilonova.access;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a rule: {@code or} binds weaker than {@code and}, {@code and} weaker than {@code not}; parentheses group. */
final class PolicyParser {
    private static final Pattern TOKEN = Pattern.compile("\\s*(\\(|\\)(?!s)|(?:%\\([^)]*\\)s|[^\\s()%]|%)+)");
    private static final int MAXIMUM_DEPTH = 32;

    private final List<String> tokens = new ArrayList<>();
    private final String rule;
    private int next;

    private PolicyParser(String rule) {
        this.rule = rule;
        Matcher matcher = TOKEN.matcher(rule.strip());
        int end = 0;
        while (matcher.lookingAt()) {
            tokens.add(matcher.group(1));
            end = matcher.end();
            matcher.region(end, rule.strip().length());
        }
        if (end != rule.strip().length()) {
            throw new IllegalArgumentException("cannot read \"%s\"".formatted(rule));
        }
    }

    /**
     * The parsed rule.
     *
     * @throws IllegalArgumentException with a sentence when it is not one
     */
    static PolicyCheck parse(String rule) {
        if (rule.isBlank()) {
            return new PolicyCheck.Always();
        }
        PolicyParser parser = new PolicyParser(rule);
        PolicyCheck check = parser.or(0);
        if (parser.next != parser.tokens.size()) {
            throw new IllegalArgumentException(
                    "\"%s\" has something left over at \"%s\"".formatted(rule, parser.peek()));
        }
        return check;
    }

    private PolicyCheck or(int depth) {
        List<PolicyCheck> parts = new ArrayList<>(List.of(and(depth)));
        while (takes("or")) {
            parts.add(and(depth));
        }
        return parts.size() == 1 ? parts.getFirst() : new PolicyCheck.Or(List.copyOf(parts));
    }

    private PolicyCheck and(int depth) {
        List<PolicyCheck> parts = new ArrayList<>(List.of(not(depth)));
        while (takes("and")) {
            parts.add(not(depth));
        }
        return parts.size() == 1 ? parts.getFirst() : new PolicyCheck.And(List.copyOf(parts));
    }

    private PolicyCheck not(int depth) {
        if (depth > MAXIMUM_DEPTH) {
            throw new IllegalArgumentException("\"%s\" is nested too deeply".formatted(rule));
        }
        if (takes("not")) {
            return new PolicyCheck.Not(not(depth + 1));
        }
        if (takes("(")) {
            PolicyCheck inner = or(depth + 1);
            if (!takes(")")) {
                throw new IllegalArgumentException("\"%s\" lacks a closing parenthesis".formatted(rule));
            }
            return inner;
        }
        return single(take());
    }

    private PolicyCheck single(String token) {
        if (token.equals("@")) {
            return new PolicyCheck.Always();
        }
        if (token.equals("!")) {
            return new PolicyCheck.Never();
        }
        int colon = token.indexOf(':');
        if (colon <= 0 || colon == token.length() - 1) {
            throw new IllegalArgumentException("\"%s\" in \"%s\" is not KIND:VALUE".formatted(token, rule));
        }
        String kind = token.substring(0, colon);
        String value = token.substring(colon + 1);
        return switch (kind) {
            case "role" -> new PolicyCheck.Role(value);
            case "rule" -> new PolicyCheck.Rule(value);
            case "http", "https" ->
                throw new IllegalArgumentException("checks over %s are not supported".formatted(kind));
            default -> new PolicyCheck.Match(kind, value);
        };
    }

    private boolean takes(String word) {
        if (next < tokens.size() && tokens.get(next).equalsIgnoreCase(word)) {
            next++;
            return true;
        }
        return false;
    }

    private String take() {
        if (next == tokens.size()) {
            throw new IllegalArgumentException("\"%s\" ends too early".formatted(rule));
        }
        return tokens.get(next++);
    }

    private String peek() {
        return tokens.get(next);
    }
}
