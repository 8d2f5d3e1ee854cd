package io.kilonova.identity;

import static io.kilonova.identity.Columns.ENDPOINTS;
import static io.kilonova.identity.Columns.PARENT_REGION_ID;
import static io.kilonova.identity.Columns.REGIONS;
import static io.kilonova.identity.Columns.REGION_ID;
import static io.kilonova.identity.Columns.SERVICE_ID;

import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.DSLContext;
import tools.jackson.databind.node.JsonNodeFactory;

/** Regions, services and endpoints: what the catalogue in every token is made of. */
final class CatalogRules implements ResourceRules {
    private static final Set<String> INTERFACES = Set.of("public", "internal", "admin");
    private static final int MAXIMUM_REGION_CHARACTERS = 255;

    private final ResourceKind kind;

    CatalogRules(ResourceKind kind) {
        this.kind = kind;
    }

    @Override
    public Resource prepare(Request request, Resource resource) {
        if (kind == ResourceKind.ENDPOINT) {
            requireValid(resource);
            return resource;
        }
        if (kind == ResourceKind.REGION && request.method().equals("POST")) {
            return RequestBody.optionalText(ResourceBody.content(kind, request.body()), "id")
                    .filter(id -> !id.isEmpty())
                    .map(id -> resource.withId(validRegion(id)))
                    .orElse(resource);
        }
        return resource;
    }

    @Override
    public Resource creating(DSLContext sql, Resource resource) {
        requireReferences(sql, resource);
        return resource;
    }

    @Override
    public Resource changing(DSLContext sql, Resource old, Resource changed) {
        requireReferences(sql, changed);
        return changed;
    }

    @Override
    public void deleting(DSLContext sql, Resource resource) {
        if (kind == ResourceKind.SERVICE) {
            sql.deleteFrom(ENDPOINTS).where(SERVICE_ID.eq(resource.id())).execute();
        }
        if (kind == ResourceKind.REGION
                && (sql.fetchExists(sql.selectOne().from(REGIONS).where(PARENT_REGION_ID.eq(resource.id())))
                        || sql.fetchExists(sql.selectOne().from(ENDPOINTS).where(REGION_ID.eq(resource.id()))))) {
            throw IdentityError.NOT_ALLOWED.with(
                    "Unable to delete region %s because it or its child regions have associated endpoints."
                            .formatted(resource.id()));
        }
    }

    @Override
    public void write(JsonWriter json, Resource resource) {
        if (kind == ResourceKind.ENDPOINT) {
            json.field("region", resource.optional("region_id"));
        }
    }

    /** Refuses what cannot be a region's id. */
    static String validRegion(String id) {
        if (id.isBlank()
                || id.length() > MAXIMUM_REGION_CHARACTERS
                || id.chars().anyMatch(Character::isISOControl)) {
            throw IdentityError.FIELD_INVALID.with("id", "a region's id has 1 to 255 characters.");
        }
        return id;
    }

    private void requireReferences(DSLContext sql, Resource resource) {
        if (kind == ResourceKind.REGION) {
            requireNoCircle(sql, resource);
        }
        if (kind == ResourceKind.ENDPOINT) {
            ResourceStore.get(sql, ResourceKind.SERVICE, resource.text("service_id"));
            // As in Keystone, an endpoint may name a region that is not there yet.
            resource.optional("region_id")
                    .filter(region ->
                            ResourceStore.find(sql, ResourceKind.REGION, region).isEmpty())
                    .ifPresent(region -> ResourceStore.insert(
                            sql,
                            new Resource(
                                    ResourceKind.REGION,
                                    validRegion(region),
                                    Map.of("description", ""),
                                    JsonNodeFactory.instance.objectNode())));
        }
    }

    private static void requireNoCircle(DSLContext sql, Resource region) {
        Optional<String> parent = region.optional("parent_region_id");
        int levels = 0;
        while (parent.isPresent()) {
            if (parent.get().equals(region.id()) || levels++ > 16) {
                throw IdentityError.REQUEST_INVALID.with("A region cannot be its own ancestor, nor 16 levels deep.");
            }
            parent = ResourceStore.get(sql, ResourceKind.REGION, parent.get()).optional("parent_region_id");
        }
    }

    private static void requireValid(Resource endpoint) {
        if (!INTERFACES.contains(endpoint.text("interface"))) {
            throw IdentityError.FIELD_INVALID.with("interface", "it is none of public, internal, admin.");
        }
        String url = endpoint.text("url");
        if (!(url.startsWith("http://") || url.startsWith("https://"))
                || url.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
            throw IdentityError.FIELD_INVALID.with("url", "it is not an http or https address.");
        }
        Catalog.requireKnownPlaces(url);
    }
}
