package io.kilonova.api;

import io.kilonova.http.Answer;
import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Request;
import io.kilonova.servers.CatalogueError;
import io.kilonova.servers.ComputeService;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Lists services; enables, disables, forces down and deletes those of hosts. */
final class ServiceHandlers {
    private final ServiceList services;
    private final ComputeService compute;

    ServiceHandlers(ServiceList services, ComputeService compute) {
        this.services = services;
        this.compute = compute;
    }

    Answer list(Request request) {
        Optional<String> host = request.query().last("host");
        Optional<String> binary = request.query().last("binary");
        List<ServiceList.Entry> shown = services.all().stream()
                .filter(entry -> host.map(entry.host()::equals).orElse(true))
                .filter(entry -> binary.map(entry.binary()::equals).orElse(true))
                .toList();
        return Answer.json(json -> json.object(() ->
                json.array("services", () -> shown.forEach(entry -> json.object(() -> write(json, request, entry))))));
    }

    /** From 2.53 a service is named by its UUID; before it, the path says what to do and the body to whom. */
    Answer update(Request request) {
        return request.version().atLeast(2, 53) ? updateById(request) : updateByVerb(request);
    }

    private Answer updateById(Request request) {
        ServiceList.Entry entry = find(request);
        if (!entry.isCompute()) {
            throw HttpError.BODY_INVALID.with(
                    "Updating a %s service is not supported. Only nova-compute services can be updated."
                            .formatted(entry.binary()));
        }
        JsonNode body = request.body();
        Optional<String> status = ServerBodyReader.text(body, "status");
        Optional<String> reason = ServerBodyReader.text(body, "disabled_reason");
        if (reason.isPresent() && status.filter("disabled"::equals).isEmpty()) {
            throw HttpError.BODY_INVALID.with("Specifying 'disabled_reason' with status 'enabled' is invalid.");
        }
        if (status.isEmpty() && !body.has("forced_down")) {
            throw HttpError.BODY_INVALID.with(
                    "No updates were requested. Fields 'status' or 'forced_down' should be specified.");
        }
        status.ifPresent(word -> compute.setDisabled(entry.host(), word.equals("disabled"), reason));
        if (body.has("forced_down")) {
            compute.setForcedDown(entry.host(), Truth.of(body.path("forced_down")));
        }
        ServiceList.Entry after = find(request);
        return Answer.json(json -> json.object(() -> json.object("service", () -> write(json, request, after))));
    }

    private Answer updateByVerb(Request request) {
        JsonNode body = request.body();
        String host = body.path("host").asString();
        String binary = body.path("binary").asString();
        requireHost(host, binary);
        Optional<String> reason = ServerBodyReader.text(body, "disabled_reason");
        switch (request.path("id")) {
            case "enable" -> compute.setDisabled(host, false, Optional.empty());
            case "disable" -> compute.setDisabled(host, true, Optional.empty());
            case "disable-log-reason" -> {
                if (reason.isEmpty()) {
                    throw HttpError.BODY_INVALID.with("Missing disabled reason field");
                }
                compute.setDisabled(host, true, reason);
            }
            case "force-down" -> forceDown(request, host, body);
            default -> throw CatalogueError.SERVICE_VERB_UNKNOWN.with();
        }
        return Answer.json(json -> json.object(() -> json.object("service", () -> {
            json.field("host", host).field("binary", binary);
            switch (request.path("id")) {
                case "force-down" -> json.field("forced_down", Truth.of(body.path("forced_down")));
                case "enable" -> json.field("status", "enabled");
                case "disable" -> json.field("status", "disabled");
                default -> json.field("status", "disabled").field("disabled_reason", reason);
            }
        })));
    }

    private void forceDown(Request request, String host, JsonNode body) {
        if (request.version().before(2, 11)) {
            throw CatalogueError.SERVICE_VERB_UNKNOWN.with();
        }
        if (!body.has("forced_down")) {
            throw HttpError.BODY_INVALID.with("Missing forced_down field");
        }
        compute.setForcedDown(host, Truth.of(body.path("forced_down")));
    }

    private void requireHost(String host, String binary) {
        boolean known = services.all().stream()
                .anyMatch(entry -> entry.isCompute()
                        && entry.host().equals(host)
                        && entry.binary().equals(binary));
        if (!known) {
            throw CatalogueError.SERVICE_OF_HOST_NOT_FOUND.with(binary, host);
        }
    }

    Answer delete(Request request) {
        ServiceList.Entry entry = find(request);
        if (!entry.isCompute()) {
            throw CatalogueError.SERVICE_UP.with(entry.host());
        }
        compute.forgetHost(entry.host());
        return Answer.empty();
    }

    private ServiceList.Entry find(Request request) {
        String id = request.path("id");
        HostIdentity.requireForm(request.version(), id);
        return services.all().stream()
                .filter(entry -> HostIdentity.matches(request.version(), id, entry.id(), entry.number()))
                .findFirst()
                .orElseThrow(() -> CatalogueError.SERVICE_NOT_FOUND.with(id));
    }

    private static void write(JsonWriter json, Request request, ServiceList.Entry entry) {
        HostIdentity.write(json, request.version(), entry.id(), entry.number());
        json.field("binary", entry.binary())
                .field("host", entry.host())
                .field("zone", entry.zone())
                .field("status", entry.disabled() ? "disabled" : "enabled")
                .field("state", entry.up() ? "up" : "down")
                .timeInMicroseconds("updated_at", entry.updatedAt())
                .field("disabled_reason", entry.disabledReason());
        if (request.version().atLeast(2, 11)) {
            json.field("forced_down", entry.forcedDown());
        }
    }
}
