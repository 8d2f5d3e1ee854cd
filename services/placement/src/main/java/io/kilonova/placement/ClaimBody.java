package io.kilonova.placement;

import io.kilonova.http.Microversion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** The bodies of allocations, which changed at 1.8, 1.12, 1.28, 1.34 and 1.38. */
final class ClaimBody {
    private static final int MAXIMUM_CONSUMERS = 1_000;

    private ClaimBody() {}

    /** One consumer's. */
    static Claim read(Microversion version, String consumerUuid, JsonNode body) {
        Wire.uuid(consumerUuid, "the consumer");
        List<String> fields = new ArrayList<>(List.of("allocations"));
        if (version.atLeast(1, 8)) {
            fields.addAll(List.of("project_id", "user_id"));
        }
        if (version.atLeast(1, 28)) {
            fields.add("consumer_generation");
        }
        if (version.atLeast(1, 34)) {
            fields.add("mappings");
        }
        if (version.atLeast(1, 38)) {
            fields.add("consumer_type");
        }
        Wire.only(body, "the body", fields.toArray(String[]::new));
        JsonNode listed = body.path("allocations");
        List<Allocation> allocations = version.before(1, 12) ? array(listed) : object(listed);
        if (allocations.isEmpty() && version.before(1, 28)) {
            throw PlacementError.BODY_INVALID.with("allocations must not be empty");
        }
        return claim(version, consumerUuid, body, allocations);
    }

    /** Those of several consumers, by their ids; each may be empty. */
    static List<Claim> readAll(Microversion version, JsonNode body) {
        Wire.object(body, "the body");
        if (body.isEmpty() || body.size() > MAXIMUM_CONSUMERS) {
            throw PlacementError.BODY_INVALID.with("the body must have 1 to %d consumers".formatted(MAXIMUM_CONSUMERS));
        }
        List<Claim> claims = new ArrayList<>();
        for (String consumer : body.propertyNames()) {
            Wire.uuid(consumer, "a consumer");
            JsonNode entry = Wire.object(body.path(consumer), "a consumer");
            claims.add(claim(version, consumer, entry, object(entry.path("allocations"))));
        }
        // What gives back goes first, so that a swap on full hosts succeeds.
        claims.sort(java.util.Comparator.comparing(claim -> !claim.allocations().isEmpty()));
        return claims;
    }

    private static Claim claim(Microversion version, String consumerUuid, JsonNode body, List<Allocation> allocations) {
        boolean owned = version.atLeast(1, 8);
        String nobody = "00000000-0000-0000-0000-000000000000";
        return new Claim(
                consumerUuid,
                owned ? Wire.text(body, "project_id", 255) : nobody,
                owned ? Wire.text(body, "user_id", 255) : nobody,
                version.atLeast(1, 38) ? Optional.of(Wire.text(body, "consumer_type", 255)) : Optional.empty(),
                allocations,
                Map.of(),
                expected(version, body));
    }

    private static Claim.ExpectedConsumer expected(Microversion version, JsonNode body) {
        if (version.before(1, 28)) {
            return new Claim.ExpectedConsumer.Any();
        }
        if (!body.has("consumer_generation")) {
            throw PlacementError.BODY_INVALID.with("'consumer_generation' is a required property");
        }
        return Claim.ExpectedConsumer.of(
                body.path("consumer_generation").isNull()
                        ? OptionalLong.empty()
                        : OptionalLong.of(Wire.generation(body, "consumer_generation")));
    }

    private static List<Allocation> array(JsonNode listed) {
        if (!listed.isArray()) {
            throw PlacementError.BODY_INVALID.with("allocations must be an array");
        }
        List<Allocation> allocations = new ArrayList<>();
        for (JsonNode entry : listed) {
            Wire.only(entry, "an allocation", "resource_provider", "resources");
            JsonNode provider = Wire.only(entry.path("resource_provider"), "resource_provider", "uuid");
            resources(Wire.uuid(Wire.text(provider, "uuid", 36), "uuid"), entry.path("resources"), allocations);
        }
        return allocations;
    }

    private static List<Allocation> object(JsonNode listed) {
        List<Allocation> allocations = new ArrayList<>();
        for (String provider : Wire.object(listed, "allocations").propertyNames()) {
            JsonNode entry = Wire.only(listed.path(provider), "an allocation", "resources", "generation");
            resources(Wire.uuid(provider, "a provider"), entry.path("resources"), allocations);
        }
        return allocations;
    }

    private static void resources(String provider, JsonNode amounts, List<Allocation> into) {
        if (Wire.object(amounts, "resources").isEmpty()) {
            throw PlacementError.BODY_INVALID.with("resources must not be empty");
        }
        for (String resourceClass : amounts.propertyNames()) {
            into.add(new Allocation(
                    provider,
                    Wire.resourceClass(resourceClass),
                    Wire.number(amounts, resourceClass, 1, Inventory.MAXIMUM)));
        }
    }
}
