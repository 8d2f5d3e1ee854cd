package io.kilonova.networks;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.StringNode;

/**
 * One attribute of a kind of resource: a line of Neutron's API reference.
 *
 * @param name as in the body
 * @param type what values it takes
 * @param otherwise its value when a create names none; empty when it must be named
 * @param create who may set it when the resource is made
 * @param update who may change it later
 */
record Attribute(String name, ValueType type, Optional<JsonNode> otherwise, Setter create, Setter update) {
    /** Who may set an attribute. */
    enum Setter {
        ANYBODY,
        ADMIN,
        NOBODY
    }

    /** An attribute of text that anybody may set and change. */
    static Attribute text(String name, String otherwise) {
        return of(name, ValueType.TEXT, StringNode.valueOf(otherwise));
    }

    /** A truth value that anybody may set and change. */
    static Attribute truth(String name, boolean otherwise) {
        return of(name, ValueType.TRUTH, BooleanNode.valueOf(otherwise));
    }

    /** An attribute with a default that anybody may set and change. */
    static Attribute of(String name, ValueType type, JsonNode otherwise) {
        return new Attribute(name, type, Optional.of(otherwise), Setter.ANYBODY, Setter.ANYBODY);
    }

    /** An attribute that has no value unless it is set. */
    static Attribute optional(String name, ValueType type) {
        return of(name, type, NullNode.getInstance());
    }

    /** A list that is empty unless it is set. */
    static Attribute list(String name, ValueType type) {
        return of(name, type, JsonNodeFactory.instance.arrayNode());
    }

    /** A number with a default. */
    static Attribute number(String name, int otherwise) {
        return of(name, ValueType.NUMBER, IntNode.valueOf(otherwise));
    }

    /** The same, but it must be named. */
    Attribute required() {
        return new Attribute(name, type, Optional.empty(), create, update);
    }

    /** The same, but it stays what it was made. */
    Attribute fixed() {
        return new Attribute(name, type, otherwise, create, Setter.NOBODY);
    }

    /** The same, but only administrators set and change it. */
    Attribute byAdmins() {
        return new Attribute(name, type, otherwise, Setter.ADMIN, update == Setter.NOBODY ? update : Setter.ADMIN);
    }

    /** The same, but only administrators change it once it is made. */
    Attribute byAdminsLater() {
        return new Attribute(name, type, otherwise, create, Setter.ADMIN);
    }

    /** The same, but the service alone writes it. */
    Attribute computed() {
        return new Attribute(name, type, otherwise, Setter.NOBODY, Setter.NOBODY);
    }
}
