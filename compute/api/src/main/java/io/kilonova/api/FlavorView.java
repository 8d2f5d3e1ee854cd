package io.kilonova.api;

import io.kilonova.http.JsonWriter;
import io.kilonova.http.Microversion;
import io.kilonova.http.PageLinks;
import io.kilonova.http.Request;
import io.kilonova.servers.Flavor;

/** Writes flavors as the Compute API shows them. Fields are gated by version here and nowhere else. */
final class FlavorView {
    private final Request request;
    private final Microversion version;
    private final boolean seesExtraSpecs;

    FlavorView(Request request) {
        this.request = request;
        this.version = request.version();
        this.seesExtraSpecs = version.atLeast(2, 61) && request.allows(FlavorPolicies.EXTRA_SPECS_LIST);
    }

    /** The fields of a flavor in a list without details. */
    void brief(JsonWriter json, Flavor flavor) {
        json.field("id", flavor.id()).field("name", flavor.name());
        PageLinks.resource(json, request, "flavors/" + flavor.id());
        if (version.atLeast(2, 55)) {
            json.field("description", flavor.description());
        }
    }

    /** All fields of a flavor. */
    void full(JsonWriter json, Flavor flavor) {
        brief(json, flavor);
        json.field("ram", flavor.memoryMebibytes())
                .field("disk", flavor.rootDiskGibibytes())
                .field("vcpus", flavor.virtualCpus())
                .field("OS-FLV-EXT-DATA:ephemeral", flavor.ephemeralDiskGibibytes())
                .field("os-flavor-access:is_public", flavor.isPublic());
        if (version.before(2, 75) && flavor.swapMebibytes() == 0) {
            json.field("swap", "");
        } else {
            json.field("swap", flavor.swapMebibytes());
        }
        if (version.before(2, 102)) {
            json.field("OS-FLV-DISABLED:disabled", flavor.disabled())
                    .field("rxtx_factor", flavor.receiveTransmitFactor());
        }
        if (seesExtraSpecs) {
            json.strings("extra_specs", flavor.extraSpecs());
        }
    }
}
