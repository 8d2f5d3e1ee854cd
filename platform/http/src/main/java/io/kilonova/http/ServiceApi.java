package io.kilonova.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One service's API as it is served.
 *
 * @param name the service's type in headers and logs, for example {@code compute}
 * @param mount its folder on the common listener, for example {@code /compute}
 * @param faults how it writes errors
 * @param negotiation its microversions, when it has them
 * @param requestIdHeaders headers that carry the request's id on every answer
 * @param maximumBodyBytes the largest JSON body
 * @param projectInPath whether a project's id may stand behind the version folder
 * @param schemas where its body and query schemas are
 * @param repeats what remembers requests that came with an {@code Idempotency-Key}, where the service has that
 * @param roots version folder, for example {@code /v2.1} (or empty for the root), to its routes
 */
public record ServiceApi(
        String name,
        String mount,
        FaultFormat faults,
        Optional<MicroversionNegotiation> negotiation,
        List<String> requestIdHeaders,
        int maximumBodyBytes,
        boolean projectInPath,
        SchemaLibrary schemas,
        Optional<RepeatedRequests> repeats,
        Map<String, Root> roots) {
    /** A service that takes no {@code Idempotency-Key}. */
    public ServiceApi(
            String name,
            String mount,
            FaultFormat faults,
            Optional<MicroversionNegotiation> negotiation,
            List<String> requestIdHeaders,
            int maximumBodyBytes,
            boolean projectInPath,
            SchemaLibrary schemas,
            Map<String, Root> roots) {
        this(
                name,
                mount,
                faults,
                negotiation,
                requestIdHeaders,
                maximumBodyBytes,
                projectInPath,
                schemas,
                Optional.empty(),
                roots);
    }

    /**
     * The routes below one version folder.
     *
     * @param tables the routes
     * @param negotiates whether microversions hold here; the legacy {@code /v2} and root documents have none
     */
    public record Root(List<RouteTable> tables, boolean negotiates) {}

    /** The size that oslo.middleware allows by default: 112 KiB. */
    public static final int DEFAULT_MAXIMUM_BODY_BYTES = 114_688;
}
