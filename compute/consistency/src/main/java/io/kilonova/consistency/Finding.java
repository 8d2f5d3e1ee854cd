package io.kilonova.consistency;

/**
 * Something that must never be, and is.
 *
 * @param invariant the name of what is broken, for example {@code quotas_add_up}
 * @param subject whose it is: the id of a server, a port, an operation, a project
 * @param detail what was found, in words for operators
 * @param remedy what to do next
 */
public record Finding(String invariant, String subject, String detail, String remedy) {
    @Override
    public String toString() {
        return "%s: %s: %s".formatted(invariant, subject, detail);
    }
}
