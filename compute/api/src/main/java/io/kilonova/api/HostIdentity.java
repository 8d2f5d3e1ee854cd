package io.kilonova.api;

import io.kilonova.http.HttpError;
import io.kilonova.http.JsonWriter;
import io.kilonova.http.Microversion;
import java.util.regex.Pattern;

/** How services and hypervisors are named: by a number, and from 2.53 by a UUID. */
final class HostIdentity {
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}");

    private HostIdentity() {}

    /**
     * Refuses an id that cannot be one.
     *
     * @throws io.kilonova.errors.ServiceException {@link HttpError#BODY_INVALID}
     */
    static void requireForm(Microversion version, String id) {
        if (version.atLeast(2, 53) && !UUID.matcher(id).matches()) {
            throw HttpError.BODY_INVALID.with("Invalid uuid %s".formatted(id));
        }
    }

    static boolean matches(Microversion version, String given, String id, long number) {
        return given.equals(version.atLeast(2, 53) ? id : String.valueOf(number));
    }

    static void write(JsonWriter json, Microversion version, String id, long number) {
        if (version.atLeast(2, 53)) {
            json.field("id", id);
        } else {
            json.field("id", number);
        }
    }
}
