package io.kilonova.identity;

import io.kilonova.configuration.Secret;
import java.util.List;

/**
 * What a cloud begins with.
 *
 * @param adminPassword of the user {@code admin}; used only when that user is not there yet
 * @param region where the endpoints are
 * @param services what the catalogue lists
 */
public record FirstCloud(Secret adminPassword, String region, List<Service> services) {
    /** The region's usual name. */
    public static final String DEFAULT_REGION = "RegionOne";

    /**
     * A service of the catalogue.
     *
     * @param type for example {@code compute}
     * @param name for example {@code nova}
     * @param publicUrl for users; may have {@code %(project_id)s} in it
     * @param internalUrl for the cloud's own services
     * @param adminUrl for administrators
     */
    public record Service(String type, String name, String publicUrl, String internalUrl, String adminUrl) {
        /** A service that all reach under one address. */
        public static Service at(String type, String name, String url) {
            return new Service(type, name, url, url, url);
        }
    }

    /** A cloud in the usual region. */
    public static FirstCloud of(Secret adminPassword, List<Service> services) {
        return new FirstCloud(adminPassword, DEFAULT_REGION, services);
    }
}
