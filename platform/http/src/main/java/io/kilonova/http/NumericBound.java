package io.kilonova.http;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.BaseKeywordValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The bounds of a number, which hold for a number in a string as well, as in Nova. */
enum NumericBound implements Keyword {
    /** At least. */
    MINIMUM("minimum") {
        @Override
        boolean allows(int comparison) {
            return comparison >= 0;
        }
    },
    /** At most. */
    MAXIMUM("maximum") {
        @Override
        boolean allows(int comparison) {
            return comparison <= 0;
        }
    },
    /** More than. */
    EXCLUSIVE_MINIMUM("exclusiveMinimum") {
        @Override
        boolean allows(int comparison) {
            return comparison > 0;
        }
    };

    private static final int LONGEST_NUMBER_CHARACTERS = 100;
    private static final int LARGEST_EXPONENT = 400;

    private final String value;

    NumericBound(String value) {
        this.value = value;
    }

    /** All of them, for the dialect. */
    static List<NumericBound> all() {
        return List.of(values());
    }

    /** Whether a number that compares so to the bound is allowed. */
    abstract boolean allows(int comparison);

    @Override
    public String getValue() {
        return value;
    }

    @Override
    public KeywordValidator newValidator(
            SchemaLocation location, JsonNode bound, Schema parent, SchemaContext context) {
        return new Check(this, location, bound, parent, context);
    }

    /** The number that an instance is, or holds as text. */
    static Optional<BigDecimal> number(JsonNode instance) {
        if (instance.isNumber()) {
            double approximate = instance.doubleValue();
            return Optional.of(
                    Double.isInfinite(approximate)
                            ? BigDecimal.ONE.scaleByPowerOfTen(LARGEST_EXPONENT).multiply(sign(approximate))
                            : instance.decimalValue());
        }
        if (!instance.isString() || instance.asString().length() > LONGEST_NUMBER_CHARACTERS) {
            return Optional.empty();
        }
        try {
            BigDecimal number = new BigDecimal(instance.asString().strip());
            // An exponent of a thousand million would make the comparison itself an attack.
            return Math.abs((long) number.scale()) > LARGEST_EXPONENT ? Optional.empty() : Optional.of(number);
        } catch (NumberFormatException exception) {
            return Optional.empty();
        }
    }

    private static BigDecimal sign(double number) {
        return number < 0 ? BigDecimal.ONE.negate() : BigDecimal.ONE;
    }

    /** One bound in one schema. */
    private static final class Check extends BaseKeywordValidator {
        private final NumericBound kind;
        private final BigDecimal bound;

        Check(NumericBound kind, SchemaLocation location, JsonNode bound, Schema parent, SchemaContext context) {
            super(kind, bound, location, parent, context);
            this.kind = kind;
            this.bound = bound.decimalValue();
        }

        @Override
        public void validate(ExecutionContext context, JsonNode node, JsonNode root, NodePath location) {
            Optional<BigDecimal> number = number(node);
            if (number.isPresent() && !kind.allows(number.get().compareTo(bound))) {
                context.addError(error().instanceNode(node)
                        .instanceLocation(location)
                        .evaluationPath(context.getEvaluationPath())
                        .messageKey(kind.value)
                        .arguments(bound.toPlainString(), node.asString())
                        .build());
            }
        }
    }
}
