package io.kilonova.node;

import java.util.Arrays;
import java.util.Optional;

/** What the holder of a certificate is. */
public enum Role {
    /** Serves the APIs and sends commands to nodes. */
    CONTROLLER("urn:kilonova:controller"),
    /** Carries commands out on one hypervisor host. */
    NODE("urn:kilonova:node");

    private final String name;

    Role(String name) {
        this.name = name;
    }

    /** The name in a certificate: its only subject alternative name, a URI. */
    String uniformName() {
        return name;
    }

    static Optional<Role> of(String uniformName) {
        return Arrays.stream(values())
                .filter(role -> role.name.equals(uniformName))
                .findFirst();
    }
}
