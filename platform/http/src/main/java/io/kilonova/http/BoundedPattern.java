package io.kilonova.http;

import com.networknt.schema.regex.RegularExpression;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A regular expression of a schema or a caller, bounded in time: a match that looks at more characters than 1,000 plus 200 for each
 * of the text is given up and counts as no match. What schemas of this project say needs about 3 for each; what
 * backtracks without end is cut after milliseconds.
 *
 * <p>A {@code $} at the end means the very end of the text: the line end that Java and Python would forgive there is refused.
 */
public final class BoundedPattern {
    private static final int CHARACTERS_ALWAYS = 1_000;
    private static final int LOOKS_PER_CHARACTER = 200;
    private static final Map<String, BoundedPattern> COMPILED = new ConcurrentHashMap<>();

    private final Pattern pattern;

    private BoundedPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** The pattern of a schema; schemas are few, so each is compiled once and kept. */
    static BoundedPattern compile(String text) {
        return COMPILED.computeIfAbsent(text, key -> new BoundedPattern(Pattern.compile(strictEnd(key))));
    }

    /** An expression of a caller: found anywhere, whatever the case of letters. Never kept; its form was checked before. */
    public static Predicate<String> ofCaller(String text) {
        return new BoundedPattern(Pattern.compile(strictEnd(text), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE))
                ::matches;
    }

    /** The same, as the validator wants it. */
    static RegularExpression expression(String text) {
        return compile(text)::matches;
    }

    /** Whether the pattern is found in the text, within the bound. */
    boolean matches(String text) {
        try {
            return pattern.matcher(new Counted(text)).find();
        } catch (TooManyLooksException exception) {
            return false;
        } catch (StackOverflowError error) {
            // java.util.regex descends once per repetition of a group; a text that is too deep for that does not match.
            return false;
        }
    }

    private static String strictEnd(String text) {
        return text.endsWith("$") && !text.endsWith("\\$") ? text.substring(0, text.length() - 1) + "\\z" : text;
    }

    /** Thrown when a match costs too much; never leaves this class. */
    private static final class TooManyLooksException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyLooksException() {
            super("the match costs too much", null, false, false);
        }
    }

    /** A text that counts how often it is looked at. */
    private static final class Counted implements CharSequence {
        private final String text;
        private long left;

        Counted(String text) {
            this.text = text;
            this.left = CHARACTERS_ALWAYS + (long) LOOKS_PER_CHARACTER * text.length();
        }

        @Override
        public char charAt(int index) {
            if (--left < 0) {
                throw new TooManyLooksException();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
