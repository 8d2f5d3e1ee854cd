package io.kilonova.servers;

import java.util.Map;

/** The bound on a server's metadata. */
final class Metadata {
    private Metadata() {}

    static void requireCount(int count, Map<QuotaResource, Long> limits) {
        long most = limits.getOrDefault(QuotaResource.METADATA_ITEMS, -1L);
        if (most >= 0 && count > most) {
            throw ServerError.METADATA_TOO_MANY.with(most);
        }
    }
}
