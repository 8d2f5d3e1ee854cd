package io.kilonova.api;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.format.Format;
import com.networknt.schema.keyword.BaseKeywordValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What Nova would say of an instance: the contract's schemas with formats that are written here a second time, from the
 * contract's own expressions, so that a mistake in the server's formats shows.
 */
final class ContractJudge {
    private final SchemaRegistry registry;

    ContractJudge(Map<String, String> formatExpressions) {
        List<Format> formats = new ArrayList<>();
        formatExpressions.forEach((name, expression) -> {
            Pattern pattern = Pattern.compile(expression);
            formats.add(format(name, text -> pattern.matcher(text).find()));
        });
        Pattern uuid = Pattern.compile("(urn:)?(uuid:)?\\{?\\p{XDigit}{8}-?(\\p{XDigit}{4}-?){3}\\p{XDigit}{12}}?");
        formats.add(format("uuid", text -> uuid.matcher(text).matches()));
        formats.add(format("base64", ContractJudge::isBase64));
        formats.add(format("date-time", ContractJudge::isTime));
        formats.add(format("regex", text -> !text.isEmpty() && compiles(text)));
        Dialect dialect = Dialect.builder("urn:contract", Dialects.getDraft202012())
                .formats(formats)
                .keywords(List.of(new Bound("minimum", 1), new Bound("maximum", -1)))
                .build();
        SchemaRegistryConfig configuration = SchemaRegistryConfig.builder()
                .formatAssertionsEnabled(true)
                .losslessNarrowing(true)
                .build();
        registry = SchemaRegistry.withDialect(
                dialect, builder -> builder.schemaRegistryConfig(configuration).schemaCacheEnabled(false));
    }

    /** Whether a schema accepts an instance. */
    Predicate<JsonNode> of(JsonNode schema) {
        JsonNode plain = schema.deepCopy().asObject().without("$schema");
        Schema compiled = registry.getSchema(SchemaLocation.of("urn:contract:schema"), plain);
        return instance -> compiled.validate(instance).isEmpty();
    }

    private static Format format(String name, Predicate<String> accepts) {
        return new Format() {
            @Override
            public String getName() {
                return name;
            }

            @Override
            public boolean matches(ExecutionContext context, String text) {
                return accepts.test(text);
            }
        };
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return text.length() % 4 == 0;
        } catch (IllegalArgumentException exception) {
            return false;
        }
    }

    private static boolean isTime(String text) {
        try {
            if (text.length() == "2026-01-01".length()) {
                LocalDate.parse(text);
            } else {
                DateTimeFormatter.ISO_DATE_TIME.parse(text.replace(' ', 'T'));
            }
            return true;
        } catch (DateTimeException exception) {
            return false;
        }
    }

    private static boolean compiles(String text) {
        try {
            Pattern.compile(text);
            return true;
        } catch (IllegalArgumentException exception) {
            return false;
        }
    }

    /** A bound that holds for numbers in strings as well. */
    private record Bound(String getValue, int allowedSign) implements Keyword {
        @Override
        public KeywordValidator newValidator(
                SchemaLocation location, JsonNode limit, Schema parent, SchemaContext context) {
            return new BaseKeywordValidator(this, limit, location, parent, context) {
                @Override
                public void validate(ExecutionContext execution, JsonNode node, JsonNode root, NodePath path) {
                    if (fails(node, limit.decimalValue())) {
                        execution.addError(error().instanceNode(node)
                                .instanceLocation(path)
                                .evaluationPath(execution.getEvaluationPath())
                                .messageKey(getValue)
                                .build());
                    }
                }
            };
        }

        private boolean fails(JsonNode node, BigDecimal limit) {
            try {
                return (node.isNumber() || node.isString())
                        && new BigDecimal(node.asString().strip()).compareTo(limit) == -allowedSign;
            } catch (NumberFormatException exception) {
                return false;
            }
        }
    }
}
