package io.kilonova.http;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A plain schema, compiled. The dialect is draft 2020-12 with three of Nova's habits: numbers in strings obey numeric
 * bounds, formats are asserted, and OpenStack's own formats exist.
 */
final class SchemaCheck {
    private static final Dialect DIALECT = Dialect.builder("https://kilonova.io/schema", Dialects.getDraft202012())
            .keywords(NumericBound.all())
            .formats(SchemaFormat.all())
            .build();
    private static final SchemaRegistryConfig CONFIGURATION = SchemaRegistryConfig.builder()
            .formatAssertionsEnabled(true)
            .losslessNarrowing(true)
            .preloadSchema(false)
            .regularExpressionFactory(BoundedPattern::expression)
            .build();

    private final JsonNode schema;
    private final Schema validator;

    private SchemaCheck(JsonNode schema, Schema validator) {
        this.schema = schema;
        this.validator = validator;
    }

    /** Compiles a schema without marks and references. */
    static SchemaCheck compile(JsonNode schema) {
        SchemaRegistry registry = SchemaRegistry.withDialect(
                DIALECT, builder -> builder.schemaRegistryConfig(CONFIGURATION).schemaCacheEnabled(false));
        return new SchemaCheck(schema, registry.getSchema(SchemaLocation.of("kilonova:schema"), schema));
    }

    /** The plain schema. */
    JsonNode schema() {
        return schema;
    }

    /** The first thing that is wrong with an instance, in the order of the schema. */
    Optional<SchemaFailure> firstFailure(JsonNode instance) {
        List<Error> errors = validator.validate(instance);
        return errors.isEmpty() ? Optional.empty() : Optional.of(SchemaFailure.of(schema, instance, errors));
    }
}
