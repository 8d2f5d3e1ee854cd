package io.kilonova.networks;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One network, subnet, port, ... as it is stored.
 *
 * @param kind which kind
 * @param id UUID
 * @param projectId whose
 * @param document its attributes; never changed in place, {@link #with} copies
 * @param createdAt when it was made
 * @param updatedAt when it was changed last
 * @param revision counts its changes, from 0
 */
record Resource(
        Kind kind,
        String id,
        String projectId,
        ObjectNode document,
        Instant createdAt,
        Instant updatedAt,
        long revision) {
    /** An attribute; a missing node when it has none. */
    JsonNode get(String attribute) {
        return document.path(attribute);
    }

    /** An attribute's text; empty for null. */
    String text(String attribute) {
        return document.path(attribute).asString("");
    }

    /** An attribute's text, unless it is null or empty. */
    Optional<String> maybe(String attribute) {
        return Optional.of(text(attribute)).filter(text -> !text.isEmpty());
    }

    /** A truth value. */
    boolean is(String attribute) {
        return document.path(attribute).asBoolean(false);
    }

    /** A list of texts. */
    List<String> texts(String attribute) {
        List<String> result = new ArrayList<>();
        document.path(attribute).forEach(element -> result.add(element.asString("")));
        return result;
    }

    /** The same with some attributes changed. */
    Resource with(ObjectNode changes) {
        ObjectNode changed = document.deepCopy();
        changes.properties().forEach(entry -> changed.set(entry.getKey(), entry.getValue()));
        return new Resource(kind, id, projectId, changed, createdAt, updatedAt, revision);
    }

    /** What it belongs to: a port's or subnet's network, a rule's group, a floating IP's network. */
    String parentId() {
        return switch (kind) {
            case SUBNET, PORT -> text("network_id");
            case SECURITY_GROUP_RULE -> text("security_group_id");
            case FLOATING_IP -> text("floating_network_id");
            case NETWORK, SUBNET_POOL, SECURITY_GROUP, ROUTER -> "";
        };
    }

    /** What it serves: a port's device, a floating IP's port; of a subnet the pool that it was cut from. */
    String deviceId() {
        return switch (kind) {
            case PORT -> text("device_id");
            case FLOATING_IP -> text("port_id");
            case SUBNET -> text("subnetpool_id");
            case NETWORK, SUBNET_POOL, SECURITY_GROUP, SECURITY_GROUP_RULE, ROUTER -> "";
        };
    }

    /** Whether projects other than its own see it. */
    boolean shared() {
        return switch (kind) {
            case NETWORK -> is("shared") || is("router:external");
            case SUBNET_POOL -> is("shared");
            case SUBNET, PORT, SECURITY_GROUP, SECURITY_GROUP_RULE, ROUTER, FLOATING_IP -> false;
        };
    }
}
