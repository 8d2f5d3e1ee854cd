package io.kilonova.http;

import io.kilonova.errors.ErrorCode;
import java.util.Map;
import java.util.Optional;

/** How a service writes an error; each OpenStack service has a form of its own, which its clients read. */
public enum FaultFormat {
    /** {@code {"itemNotFound": {"code": 404, "message": "..."}}}: Nova and Cinder. */
    COMPUTE {
        @Override
        void write(JsonWriter json, Fault fault) {
            String name = COMPUTE_NAMES.getOrDefault(fault.status(), "computeFault");
            json.object(() -> json.object(name, () -> {
                json.field("code", fault.status()).field("message", fault.sentence());
                fault.retryAfterSeconds().ifPresent(seconds -> json.field("retryAfter", String.valueOf(seconds)));
            }));
        }
    },
    /** {@code {"error": {"code": 404, "message": "...", "title": "Not Found"}}}: Keystone. */
    IDENTITY {
        @Override
        void write(JsonWriter json, Fault fault) {
            json.object(() -> json.object(
                    "error",
                    () -> json.field("code", fault.status())
                            .field("message", fault.sentence())
                            .field("title", title(fault.status()))));
        }
    },
    /** {@code {"code": "404 Not Found", "message": "...", "title": "Not Found"}}: Glance. */
    IMAGE {
        @Override
        void write(JsonWriter json, Fault fault) {
            json.object(() -> json.field("code", fault.status() + " " + title(fault.status()))
                    .field("message", fault.sentence())
                    .field("title", title(fault.status())));
        }
    },
    /** {@code {"NeutronError": {"type": "NetworkNotFound", "message": "...", "detail": ""}}}: Neutron. */
    NETWORK {
        @Override
        void write(JsonWriter json, Fault fault) {
            json.object(() -> json.object(
                    "NeutronError",
                    () -> json.field("type", camelCase(fault.code()))
                            .field("message", fault.sentence())
                            .field("detail", "")));
        }
    },
    /** {@code {"errors": [{"status": 404, "title": "...", "detail": "...", "code": "...", "request_id": "..."}]}}: Placement. */
    PLACEMENT {
        @Override
        void write(JsonWriter json, Fault fault) {
            json.object(() -> json.array(
                    "errors",
                    () -> json.object(() -> json.field("status", fault.status())
                            .field("title", title(fault.status()))
                            .field("detail", fault.sentence())
                            .field("code", "placement." + placementCode(fault.code()))
                            .field("request_id", fault.requestId()))));
        }
    };

    private static final Map<Integer, String> COMPUTE_NAMES = Map.ofEntries(
            Map.entry(400, "badRequest"),
            Map.entry(401, "unauthorized"),
            Map.entry(403, "forbidden"),
            Map.entry(404, "itemNotFound"),
            Map.entry(405, "badMethod"),
            Map.entry(409, "conflictingRequest"),
            Map.entry(413, "overLimit"),
            Map.entry(415, "badMediaType"),
            Map.entry(429, "overLimit"),
            Map.entry(501, "notImplemented"),
            Map.entry(503, "serviceUnavailable"));

    /**
     * An error that is about to be written.
     *
     * @param code which error it is
     * @param status HTTP
     * @param sentence for the caller
     * @param requestId of the request
     * @param retryAfterSeconds when trying again may help
     */
    record Fault(ErrorCode code, int status, String sentence, String requestId, Optional<Long> retryAfterSeconds) {}

    abstract void write(JsonWriter json, Fault fault);

    private static String title(int status) {
        return org.eclipse.jetty.http.HttpStatus.getMessage(status);
    }

    /** {@code NETWORK_NOT_FOUND} as {@code NetworkNotFound}. */
    static String camelCase(ErrorCode code) {
        StringBuilder result = new StringBuilder();
        for (String word : code.name().split("_")) {
            result.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
        }
        return result.toString();
    }

    private static String placementCode(ErrorCode code) {
        return switch (code.name()) {
            case "CONCURRENT_UPDATE" -> "concurrent_update";
            case "DUPLICATE_NAME" -> "duplicate_name";
            case "INVENTORY_IN_USE" -> "inventory.inuse";
            case "RESOURCE_PROVIDER_IN_USE" -> "resource_provider.inuse";
            case "CANNOT_DELETE_PARENT" -> "resource_provider.cannot_delete_parent";
            case "RESOURCE_PROVIDER_NOT_FOUND" -> "resource_provider.not_found";
            case "QUERYPARAM_BAD_VALUE" -> "query.bad_value";
            case "QUERYPARAM_DUPLICATE_KEY" -> "query.duplicate_key";
            case "QUERYPARAM_MISSING_VALUE" -> "query.missing_value";
            default -> "undefined_code";
        };
    }
}
