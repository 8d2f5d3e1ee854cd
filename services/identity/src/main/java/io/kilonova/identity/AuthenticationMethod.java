package io.kilonova.identity;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** How a user proves who they are. The order is part of every token. */
enum AuthenticationMethod {
    PASSWORD("password"),
    TOKEN("token"),
    APPLICATION_CREDENTIAL("application_credential"),
    EC2_CREDENTIAL("ec2credential");

    private final String wireName;

    AuthenticationMethod(String wireName) {
        this.wireName = wireName;
    }

    /** The name in requests and tokens. */
    String wireName() {
        return wireName;
    }

    /** The method of a name. */
    static Optional<AuthenticationMethod> named(String name) {
        return Arrays.stream(values())
                .filter(method -> method.wireName.equals(name))
                .findFirst();
    }

    @SuppressWarnings("EnumOrdinal") // a set as bits, and the order is declared to be lasting
    static int bits(Set<AuthenticationMethod> methods) {
        return methods.stream().mapToInt(method -> 1 << method.ordinal()).sum();
    }

    @SuppressWarnings("EnumOrdinal")
    static Set<AuthenticationMethod> ofBits(int bits) {
        EnumSet<AuthenticationMethod> methods = EnumSet.noneOf(AuthenticationMethod.class);
        Arrays.stream(values())
                .filter(method -> (bits & (1 << method.ordinal())) != 0)
                .forEach(methods::add);
        return Set.copyOf(methods);
    }
}
