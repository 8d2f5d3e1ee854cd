package io.kilonova.servers;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a quota bounds, with the limits that Nova has by default. */
public enum QuotaResource {
    CORES(20),
    INSTANCES(10),
    RAM(51_200),
    KEY_PAIRS(100),
    METADATA_ITEMS(128),
    SERVER_GROUPS(10),
    SERVER_GROUP_MEMBERS(10),
    INJECTED_FILES(5),
    INJECTED_FILE_CONTENT_BYTES(10_240),
    INJECTED_FILE_PATH_BYTES(255);

    private final long standard;

    QuotaResource(long standard) {
        this.standard = standard;
    }

    /** The name in the API, for example {@code key_pairs}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The limit when nobody says another. */
    public long standard() {
        return standard;
    }

    /** The resource of that name. */
    public static Optional<QuotaResource> named(String label) {
        return Arrays.stream(values())
                .filter(resource -> resource.label().equals(label))
                .findFirst();
    }
}
