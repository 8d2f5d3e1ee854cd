package io.kilonova.networks;

import org.jooq.DSLContext;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What an answer shows of a resource that stands in the rows of others. */
final class Derived {
    private Derived() {}

    static Resource added(DSLContext sql, ResourceStore resources, Resource resource) {
        ObjectNode more = JsonNodeFactory.instance.objectNode();
        switch (resource.kind()) {
            case NETWORK -> {
                ArrayNode subnets = more.putArray("subnets");
                resources.of(sql, Kind.SUBNET, resource.id()).forEach(subnet -> subnets.add(subnet.id()));
                more.putArray("availability_zones").add("nova");
                more.putNull("qos_policy_id");
                more.putNull("ipv4_address_scope").putNull("ipv6_address_scope");
            }
            case SECURITY_GROUP -> {
                ArrayNode rules = more.putArray("security_group_rules");
                resources.of(sql, Kind.SECURITY_GROUP_RULE, resource.id()).forEach(rule -> rules.add(full(rule)));
            }
            case ROUTER -> more.putArray("availability_zones").add("nova");
            case SUBNET, SUBNET_POOL, PORT, SECURITY_GROUP_RULE, FLOATING_IP -> {}
        }
        return resource.with(more);
    }

    private static ObjectNode full(Resource rule) {
        ObjectNode document = JsonNodeFactory.instance
                .objectNode()
                .put("id", rule.id())
                .put("project_id", rule.projectId())
                .put("tenant_id", rule.projectId());
        document.setAll(rule.document());
        document.put("created_at", rule.createdAt().toString())
                .put("updated_at", rule.updatedAt().toString())
                .put("revision_number", rule.revision());
        document.set("tags", JsonNodeFactory.instance.arrayNode());
        return document;
    }
}
