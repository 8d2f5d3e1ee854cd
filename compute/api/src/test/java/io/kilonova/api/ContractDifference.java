package io.kilonova.api;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Where we decide otherwise than Nova on purpose. */
enum ContractDifference {
    LINE_END(
            ".*",
            what -> what.endsWith("\\n\""),
            "Nova's patterns forgive a line end behind the last character; we refuse it"),
    FACTOR_ZERO(
            "flavors/create.*",
            what -> what.startsWith("rxtx_factor=\""),
            "Nova refuses a factor of \"0\" behind the schema, we refuse it in the schema"),
    LEGACY_UNKNOWN(
            ".* \\(legacy\\)",
            what -> what.contains("={\"a"),
            "the legacy API drops what a schema does not name; the contract's schema is the strict one");

    private final Pattern schema;
    private final Predicate<String> mutation;
    private final String reason;

    ContractDifference(String schema, Predicate<String> mutation, String reason) {
        this.schema = Pattern.compile(schema);
        this.mutation = mutation;
        this.reason = reason;
    }

    /** Why a verdict may differ. */
    String reason() {
        return reason;
    }

    /** The difference that covers a mutation of a schema. */
    static Optional<ContractDifference> of(String schema, String what) {
        for (ContractDifference each : values()) {
            if (each.schema.matcher(schema).matches() && each.mutation.test(what)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
