package io.kilonova.access;

import java.util.List;
import java.util.Map;

/** A parsed rule of the oslo.policy language. */
sealed interface PolicyCheck {
    /** {@code @} or the empty rule. */
    record Always() implements PolicyCheck {}

    /** {@code !}. */
    record Never() implements PolicyCheck {}

    record And(List<PolicyCheck> parts) implements PolicyCheck {}

    record Or(List<PolicyCheck> parts) implements PolicyCheck {}

    record Not(PolicyCheck part) implements PolicyCheck {}

    /** {@code role:NAME}. */
    record Role(String name) implements PolicyCheck {}

    /** {@code rule:NAME}. */
    record Rule(String name) implements PolicyCheck {}

    /** {@code LEFT:%(target)s} or {@code LEFT:literal}: an attribute of the caller against one of the target. */
    record Match(String left, String right) implements PolicyCheck {}

    /** The value that stands in a match's place: {@code %(name)s} is the target's attribute, anything else itself. */
    static String resolve(String text, Map<String, String> target) {
        if (text.startsWith("%(") && text.endsWith(")s")) {
            return target.getOrDefault(text.substring(2, text.length() - 2), "\0missing");
        }
        return text;
    }
}
