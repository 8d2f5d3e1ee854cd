package io.kilonova.http;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.format.Format;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The formats of strings that Nova's schemas assert. Each is linear in the text, and none looks a name up. */
enum SchemaFormat implements Format {
    NAME(
            "name",
            text -> PrintableText.isName(text, false),
            "printable characters. Can not start or end with whitespace."),
    NAME_WITH_SPACES(
            "name_with_leading_trailing_spaces",
            text -> PrintableText.isNameWithin(text, false),
            "printable characters with at least one non space character"),
    ZONE(
            "az_name",
            text -> PrintableText.isName(text, true),
            "printable characters except :.Can not start or end with whitespace."),
    ZONE_WITH_SPACES(
            "az_name_with_leading_trailing_spaces",
            text -> PrintableText.isNameWithin(text, true),
            "printable characters except :, with at least one non space character"),
    PRINTABLE("printable", PrintableText::isPrintable),
    UUID("uuid", SchemaFormat::isUuid),
    IPV4("ipv4", IpText::isVersion4),
    IPV6("ipv6", IpText::isVersion6),
    CIDR("cidr", IpText::isCidr),
    DATE_TIME("date-time", text -> IsoTime.parse(text).isPresent()),
    BASE64("base64", SchemaFormat::isBase64),
    URI_TEXT("uri", SchemaFormat::isUri),
    REGULAR_EXPRESSION("regex", SchemaFormat::isRegularExpression);

    private static final int LONGEST_EXPRESSION_CHARACTERS = 1024;
    private static final int DEEPEST_EXPRESSION = 32;
    private static final int UUID_DIGITS = 32;
    private static final int LONGEST_UUID_CHARACTERS = 64;

    private final String value;
    private final Predicate<String> accepts;
    private final Optional<String> reason;

    SchemaFormat(String value, Predicate<String> accepts) {
        this(value, accepts, Optional.empty());
    }

    SchemaFormat(String value, Predicate<String> accepts, String reason) {
        this(value, accepts, Optional.of(reason));
    }

    SchemaFormat(String value, Predicate<String> accepts, Optional<String> reason) {
        this.value = value;
        this.accepts = accepts;
        this.reason = reason;
    }

    /** All of them, for the dialect. */
    static List<SchemaFormat> all() {
        return List.of(values());
    }

    /** The format's own sentence in place of the common one, for those that have one. */
    static Optional<String> sentence(String format) {
        for (SchemaFormat each : values()) {
            if (each.value.equals(format)) {
                return each.reason.map(
                        reason -> "An invalid 'name' value was provided. The name must be: %s".formatted(reason));
            }
        }
        return Optional.empty();
    }

    @Override
    public String getName() {
        return value;
    }

    @Override
    public boolean matches(ExecutionContext context, String text) {
        return accepts.test(text);
    }

    /** A UUID as OpenStack takes it: any case, with or without hyphens, braces and {@code urn:uuid:}. */
    private static boolean isUuid(String text) {
        if (text.length() > LONGEST_UUID_CHARACTERS) {
            return false;
        }
        String digits = text.replace("urn:", "")
                .replace("uuid:", "")
                .replaceAll("^[{}]+|[{}]+$", "")
                .replace("-", "");
        return digits.length() == UUID_DIGITS
                && digits.chars().allMatch(digit -> Character.digit(digit, 16) >= 0 && digit < 128);
    }

    private static boolean isBase64(String text) {
        if (text.length() % 4 != 0) {
            return false;
        }
        try {
            Base64.getDecoder().decode(text);
            return true;
        } catch (IllegalArgumentException exception) {
            return false;
        }
    }

    private static boolean isUri(String text) {
        try {
            URI uri = new URI(text);
            return uri.getScheme() != null && uri.getHost() != null;
        } catch (URISyntaxException exception) {
            return false;
        }
    }

    /** An expression that compiles; its length and depth are bounded because the compiler descends into each group. */
    private static boolean isRegularExpression(String text) {
        if (text.isEmpty() || text.length() > LONGEST_EXPRESSION_CHARACTERS || depth(text) > DEEPEST_EXPRESSION) {
            return false;
        }
        try {
            Pattern.compile(text);
            return true;
        } catch (PatternSyntaxException exception) {
            return false;
        }
    }

    private static long depth(String text) {
        return text.chars()
                .filter(character -> character == '(' || character == '[')
                .count();
    }
}
