package io.kilonova.api;

import io.kilonova.http.HttpError;
import io.kilonova.http.IpText;
import io.kilonova.http.Microversion;
import io.kilonova.http.Request;
import io.kilonova.networks.CardRequest;
import io.kilonova.networks.NetworkChoice;
import io.kilonova.servers.ServerCreate;
import io.kilonova.servers.ServerRebuild;
import io.kilonova.servers.ServerUpdate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Turns bodies about servers, whose form is checked already, into what the servers room is asked. */
final class ServerBodyReader {
    /** What a request asks of a new server. */
    ServerCreate create(Request request) {
        JsonNode body = request.body().path("server");
        Microversion version = request.version();
        if (body.has("block_device_mapping_v2") || body.has("block_device_mapping")) {
            throw HttpError.NOT_BUILT.with("block device mappings, which need volumes");
        }
        Optional<String> zone = text(body, "availability_zone");
        if (zone.filter(name -> name.contains(":")).isPresent()) {
            request.enforce(ServerPolicies.CREATE_FORCED_HOST, Map.of());
        }
        Optional<String> host = text(body, "host");
        if (host.isPresent() || body.has("hypervisor_hostname")) {
            request.enforce(ServerPolicies.REQUESTED_DESTINATION, Map.of());
        }
        Optional<String> place = body.has("hypervisor_hostname") && host.isEmpty()
                ? Optional.of("::" + body.path("hypervisor_hostname").asString())
                : zone;
        int minimum = count(body, "min_count", 1);
        int maximum = count(body, "max_count", minimum);
        if (maximum > 1 && body.has("hostname")) {
            throw HttpError.BODY_INVALID.with("Cannot specify a hostname when creating multiple servers.");
        }
        List<String> groups = new ArrayList<>();
        body.path("security_groups")
                .forEach(group -> groups.add(group.path("name").asString("")));
        return new ServerCreate(
                request.caller(),
                request.id(),
                body.path("name").asString().strip(),
                text(body, "hostname"),
                version.atLeast(2, 19)
                        ? text(body, "description")
                        : Optional.of(body.path("name").asString()),
                reference(body.path("flavorRef").asString("")),
                reference(body.path("imageRef").asString("")),
                text(body, "key_name"),
                place,
                host,
                networks(body, version),
                groups.stream().distinct().toList(),
                text(body, "user_data"),
                strings(body.path("metadata")),
                list(body.path("tags")).stream().distinct().toList(),
                files(body.path("personality")),
                Truth.of(body.path("config_drive")),
                minimum,
                maximum,
                hints(request.body()),
                text(body, "accessIPv4"),
                text(body, "accessIPv6").map(IpText::canonical),
                body.path("OS-DCF:diskConfig").asString("AUTO"),
                list(body.path("trusted_image_certificates")));
    }

    /** What a request changes of a server. */
    ServerUpdate update(JsonNode body) {
        Optional<Optional<String>> description =
                body.has("description") ? Optional.of(text(body, "description")) : Optional.empty();
        return new ServerUpdate(
                text(body, "name").map(String::strip),
                description,
                text(body, "hostname"),
                text(body, "accessIPv4"),
                text(body, "accessIPv6").map(IpText::canonical),
                text(body, "OS-DCF:diskConfig"));
    }

    /** What a request asks of a rebuild. */
    ServerRebuild rebuild(Request request, JsonNode body) {
        return new ServerRebuild(
                reference(body.path("imageRef").asString("")),
                update(body),
                body.has("metadata") ? Optional.of(strings(body.path("metadata"))) : Optional.empty(),
                body.has("personality") ? Optional.of(files(body.path("personality"))) : Optional.empty(),
                nullable(request.version().atLeast(2, 54), body, "key_name"),
                nullable(request.version().atLeast(2, 57), body, "user_data"));
    }

    /** One network card of a request. */
    static CardRequest card(JsonNode node) {
        return new CardRequest(
                text(node, "uuid").or(() -> text(node, "net_id")),
                text(node, "port").or(() -> text(node, "port_id")),
                text(node, "fixed_ip").or(() -> text(node.path("fixed_ips").path(0), "ip_address")),
                text(node, "tag"),
                List.of());
    }

    private static NetworkChoice networks(JsonNode body, Microversion version) {
        JsonNode networks = body.path("networks");
        if (networks.isString()) {
            return networks.asString().equals("none") ? new NetworkChoice.None() : new NetworkChoice.Automatic();
        }
        if (!networks.isArray() || networks.isEmpty()) {
            return version.atLeast(2, 37) && networks.isArray()
                    ? new NetworkChoice.None()
                    : new NetworkChoice.Unspecified();
        }
        List<CardRequest> cards = new ArrayList<>();
        networks.forEach(network -> cards.add(card(network)));
        return new NetworkChoice.Cards(cards);
    }

    private static Map<String, List<String>> hints(JsonNode body) {
        JsonNode node = body.has("os:scheduler_hints")
                ? body.path("os:scheduler_hints")
                : body.path("OS-SCH-HNT:scheduler_hints");
        Map<String, List<String>> hints = new LinkedHashMap<>();
        node.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            hints.put(
                    entry.getKey(),
                    value.isArray() && !entry.getKey().equals("query")
                            ? list(value)
                            : List.of(value.isString() ? value.asString() : value.toString()));
        });
        return hints;
    }

    private static Map<String, String> files(JsonNode personality) {
        Map<String, String> files = new LinkedHashMap<>();
        personality.forEach(file ->
                files.put(file.path("path").asString(""), file.path("contents").asString("")));
        return files;
    }

    /** A reference may be a URL, of which the last part counts. */
    private static String reference(String text) {
        return text.contains("/") ? text.substring(text.lastIndexOf('/') + 1) : text;
    }

    private static int count(JsonNode body, String name, int otherwise) {
        JsonNode node = body.path(name);
        return node.isMissingNode() ? otherwise : Integer.parseInt(node.asString());
    }

    static Map<String, String> strings(JsonNode node) {
        Map<String, String> result = new LinkedHashMap<>();
        node.properties()
                .forEach(entry -> result.put(entry.getKey(), entry.getValue().asString("")));
        return result;
    }

    static List<String> list(JsonNode node) {
        List<String> result = new ArrayList<>();
        node.forEach(element -> result.add(element.asString("")));
        return result;
    }

    static Optional<String> text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isString() ? Optional.of(value.asString()) : Optional.empty();
    }

    private static Optional<Optional<String>> nullable(boolean allowed, JsonNode body, String name) {
        return allowed && body.has(name) ? Optional.of(text(body, name)) : Optional.empty();
    }
}
