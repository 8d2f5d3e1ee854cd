package io.kilonova.identity;

import static io.kilonova.identity.Columns.ENABLED;
import static io.kilonova.identity.Columns.ENDPOINTS;
import static io.kilonova.identity.Columns.ID;
import static io.kilonova.identity.Columns.NAME;
import static io.kilonova.identity.Columns.REGION_ID;
import static io.kilonova.identity.Columns.SERVICES;
import static io.kilonova.identity.Columns.SERVICE_ID;
import static io.kilonova.identity.Columns.TYPE;

import io.kilonova.http.JsonWriter;
import io.kilonova.storage.Database;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** The catalogue: where each service is. Read once and kept until anything changes. */
final class Catalog {
    private static final Pattern PLACE = Pattern.compile("[%$]\\(([^)]{0,64})\\)s");
    private static final Set<String> PLACES = Set.of("project_id", "tenant_id", "user_id");
    private static final Field<String> INTERFACE = DSL.field(DSL.name("interface"), String.class);
    private static final Field<String> URL = DSL.field(DSL.name("url"), String.class);

    private final Database database;
    private final ChangeClock changes;
    private final Snapshot<List<Service>> services = new Snapshot<>();

    /** A service and its endpoints that are enabled. */
    record Service(String id, String type, String name, List<Endpoint> endpoints) {}

    /** An address of a service; {@code url} may have places such as {@code %(project_id)s}. */
    record Endpoint(String id, String serviceId, String regionId, String face, String url) {}

    Catalog(Database database, ChangeClock changes) {
        this.database = database;
        this.changes = changes;
    }

    /**
     * Refuses an address with places that nothing fills.
     *
     * @throws io.kilonova.errors.ServiceException {@link IdentityError#FIELD_INVALID}
     */
    static void requireKnownPlaces(String url) {
        Matcher places = PLACE.matcher(url);
        while (places.find()) {
            if (!PLACES.contains(places.group(1))) {
                throw IdentityError.FIELD_INVALID.with("url", "nothing fills the place " + places.group() + ".");
            }
        }
    }

    /** Writes the services as an array of this name, as one token sees them. */
    void write(JsonWriter json, String name, TokenContext token) {
        json.array(name, () -> {
            for (Service service : services()) {
                json.object(() -> {
                    json.array(
                            "endpoints", () -> service.endpoints().forEach(endpoint -> write(json, endpoint, token)));
                    json.field("id", service.id()).field("type", service.type()).field("name", service.name());
                });
            }
        });
    }

    private static void write(JsonWriter json, Endpoint endpoint, TokenContext token) {
        // An endpoint that needs a project is not shown to a token without one.
        filled(endpoint.url(), token)
                .ifPresent(url -> json.object(() -> json.field("id", endpoint.id())
                        .field("interface", endpoint.face())
                        .field("region_id", Optional.of(endpoint.regionId()).filter(region -> !region.isEmpty()))
                        .field("region", Optional.of(endpoint.regionId()).filter(region -> !region.isEmpty()))
                        .field("url", url)));
    }

    /** An address with its places filled; empty when the token has nothing to fill them with. */
    static Optional<String> filled(String url, TokenContext token) {
        if (url.indexOf('(') < 0) {
            return Optional.of(url);
        }
        Matcher places = PLACE.matcher(url);
        StringBuilder result = new StringBuilder();
        while (places.find()) {
            Optional<String> value = places.group(1).equals("user_id")
                    ? Optional.of(token.user().id())
                    : token.caller().projectId();
            if (value.isEmpty() || !PLACES.contains(places.group(1))) {
                return Optional.empty();
            }
            places.appendReplacement(result, Matcher.quoteReplacement(value.get()));
        }
        return Optional.of(places.appendTail(result).toString());
    }

    private List<Service> services() {
        long count = changes.now();
        return services.at(count, () -> database.read(Catalog::read));
    }

    private static List<Service> read(DSLContext sql) {
        Map<String, List<Endpoint>> endpoints = sql.select(ID, SERVICE_ID, REGION_ID, INTERFACE, URL)
                .from(ENDPOINTS)
                .where(ENABLED.isTrue())
                .orderBy(ID)
                .fetchGroups(
                        SERVICE_ID,
                        row -> new Endpoint(
                                row.get(ID),
                                row.get(SERVICE_ID),
                                row.get(REGION_ID),
                                row.get(INTERFACE),
                                row.get(URL)));
        return sql.select(ID, TYPE, NAME)
                .from(SERVICES)
                .where(ENABLED.isTrue())
                .orderBy(TYPE, ID)
                .fetch(row -> new Service(
                        row.get(ID), row.get(TYPE), row.get(NAME), endpoints.getOrDefault(row.get(ID), List.of())));
    }
}
