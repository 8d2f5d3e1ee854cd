package io.kilonova.networks;

import tools.jackson.databind.node.ObjectNode;

/** What must hold when a resource of one kind is made, changed or removed. */
interface KindRules {
    /** Makes one of what a body asks, in the edit's transaction. */
    Resource create(Edit edit, String projectId, ObjectNode asked);

    /** Changes one. */
    Resource update(Edit edit, Resource before, ObjectNode changes);

    /** Removes one. */
    void delete(Edit edit, Resource resource);
}
