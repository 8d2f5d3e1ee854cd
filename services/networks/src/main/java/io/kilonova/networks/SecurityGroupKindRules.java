package io.kilonova.networks;

import io.kilonova.access.Visibility;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The rules of security groups. Each project has one that is called default, made when it is first needed. */
final class SecurityGroupKindRules implements KindRules {
    static final String DEFAULT = "default";

    private final ResourceStore resources;

    SecurityGroupKindRules(ResourceStore resources) {
        this.resources = resources;
    }

    @Override
    public Resource create(Edit edit, String projectId, ObjectNode asked) {
        ensureDefault(edit, projectId);
        if (asked.path("name").asString("").equals(DEFAULT)) {
            throw NetworkError.SECURITY_GROUP_DEFAULT_ALREADY_EXISTS.with();
        }
        requireStateful(asked);
        return make(edit, UUID.randomUUID().toString(), projectId, asked, false);
    }

    @Override
    public Resource update(Edit edit, Resource before, ObjectNode changes) {
        if (before.text("name").equals(DEFAULT) && changes.has("name")) {
            throw NetworkError.SECURITY_GROUP_CANNOT_UPDATE_DEFAULT.with();
        }
        if (changes.path("name").asString("").equals(DEFAULT)) {
            throw NetworkError.SECURITY_GROUP_DEFAULT_ALREADY_EXISTS.with();
        }
        requireStateful(changes);
        return resources.update(edit.transaction(), before.with(changes));
    }

    private static void requireStateful(ObjectNode document) {
        if (!document.path("stateful").asBoolean(true)) {
            throw NetworkError.NOT_BUILT.with("stateless security groups");
        }
    }

    @Override
    public void delete(Edit edit, Resource group) {
        if (group.text("name").equals(DEFAULT) && !edit.isPrivileged()) {
            throw NetworkError.SECURITY_GROUP_CANNOT_REMOVE_DEFAULT.with();
        }
        resources.delete(edit.transaction(), group);
        boolean used = resources.mentioning(edit.sql(), Kind.PORT, group.id()).stream()
                .anyMatch(port -> port.texts("security_groups").contains(group.id()));
        if (used) {
            throw NetworkError.SECURITY_GROUP_IN_USE.with(group.id());
        }
        resources
                .of(edit.sql(), Kind.SECURITY_GROUP_RULE, group.id())
                .forEach(rule -> resources.delete(edit.transaction(), rule));
        for (Resource rule : resources.mentioning(edit.sql(), Kind.SECURITY_GROUP_RULE, group.id())) {
            if (rule.text("remote_group_id").equals(group.id())) {
                resources.delete(edit.transaction(), rule);
                edit.tell(Kind.SECURITY_GROUP, rule.parentId());
            }
        }
        edit.tell(group);
    }

    /**
     * The project's default group: all may leave, only its own members may come in. Its id follows from the project's, so that
     * two who need it first at the same time do not make two.
     */
    Resource ensureDefault(Edit edit, String projectId) {
        Optional<Resource> known =
                resources.named(edit.sql(), Kind.SECURITY_GROUP, Visibility.of(projectId), DEFAULT).stream()
                        .findFirst();
        if (known.isPresent()) {
            return known.get();
        }
        String id = UUID.nameUUIDFromBytes(("default security group of " + projectId).getBytes(StandardCharsets.UTF_8))
                .toString();
        ObjectNode document = JsonNodeFactory.instance
                .objectNode()
                .put("name", DEFAULT)
                .put("description", "Default security group")
                .put("stateful", true)
                .put("shared", false);
        return make(edit, id, projectId, document, true);
    }

    private Resource make(Edit edit, String id, String projectId, ObjectNode document, boolean admitsMembers) {
        Resource group = resources.insert(edit.transaction(), Kind.SECURITY_GROUP, id, projectId, document);
        for (String etherType : new String[] {"IPv4", "IPv6"}) {
            rule(edit, group, "egress", etherType, Optional.empty());
            if (admitsMembers) {
                rule(edit, group, "ingress", etherType, Optional.of(group.id()));
            }
        }
        edit.tell(group);
        return group;
    }

    private void rule(Edit edit, Resource group, String direction, String etherType, Optional<String> remoteGroup) {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        Kind.SECURITY_GROUP_RULE
                .attributes()
                .values()
                .forEach(attribute -> attribute.otherwise().ifPresent(value -> rule.set(attribute.name(), value)));
        rule.put("security_group_id", group.id()).put("direction", direction).put("ethertype", etherType);
        remoteGroup.ifPresent(remote -> rule.put("remote_group_id", remote));
        resources.insert(
                edit.transaction(), Kind.SECURITY_GROUP_RULE, UUID.randomUUID().toString(), group.projectId(), rule);
    }
}
