package io.kilonova.launcher;

import io.kilonova.access.AccessError;
import io.kilonova.configuration.Secret;
import io.kilonova.http.Answer;
import io.kilonova.http.FaultFormat;
import io.kilonova.http.Handler;
import io.kilonova.http.Request;
import io.kilonova.http.RouteTable;
import io.kilonova.http.SchemaLibrary;
import io.kilonova.http.ServiceApi;
import io.kilonova.telemetry.Metrics;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an operator's tools ask each controller: {@code /healthz} whether it lives, {@code /readyz} whether it should be sent
 * requests (503 with the reason if not), and {@code /metrics} for Prometheus. The last one is open where the listener is on
 * loopback; elsewhere it asks for {@code Authorization: Bearer} with the token of the file {@code metrics-token}.
 */
final class HealthApis {
    private static final int UNAVAILABLE = 503;
    private static final String BEARER = "Bearer ";

    private final Health health;
    private final Metrics metrics;
    private final Optional<Secret> token;

    /** With a {@code token} unless the measures are open to all. */
    HealthApis(Health health, Metrics metrics, Optional<Secret> token) {
        this.health = health;
        this.metrics = metrics;
        this.token = token;
    }

    List<ServiceApi> apis() {
        return List.of(
                api("healthz", request -> Answer.text("alive\n")),
                api(
                        "readyz",
                        request -> health.refusal()
                                .map(reason -> Answer.text(reason + "\n").status(UNAVAILABLE))
                                .orElseGet(() -> Answer.text("ready\n"))),
                api("metrics", this::measures));
    }

    private Answer measures(Request request) {
        if (token.isPresent() && !isAllowed(token.get(), request.header("Authorization"))) {
            throw AccessError.AUTHENTICATION_NEEDED.with();
        }
        return Answer.stream(Metrics.CONTENT_TYPE, OptionalLong.empty(), metrics::write);
    }

    private static boolean isAllowed(Secret wanted, Optional<String> header) {
        return header.filter(value -> value.startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8))
                .filter(given -> MessageDigest.isEqual(given, wanted.reveal().getBytes(StandardCharsets.UTF_8)))
                .isPresent();
    }

    private static ServiceApi api(String name, Handler handler) {
        RouteTable table = routes -> routes.get("/").unauthenticated().to(handler);
        return new ServiceApi(
                name,
                "/" + name,
                FaultFormat.COMPUTE,
                Optional.empty(),
                List.of(),
                ServiceApi.DEFAULT_MAXIMUM_BODY_BYTES,
                false,
                new SchemaLibrary("schemas/compute"),
                Map.of("", new ServiceApi.Root(List.of(table), false)));
    }
}
