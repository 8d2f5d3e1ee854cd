package io.kilonova.metadata;

import io.kilonova.servers.ConfigDriveSource;
import io.kilonova.servers.Server;
import java.util.Map;

/** Writes config drives: the documents of the metadata service, and the injected files. */
public final class MetadataConfigDrive implements ConfigDriveSource {
    private final String domain;

    /**
     * Config drives whose host names end in {@code domain}.
     *
     * @param domain empty for none
     */
    public MetadataConfigDrive(String domain) {
        this.domain = domain;
    }

    @Override
    public Map<String, byte[]> files(Server server) {
        return new GuestMetadata(server, domain).configDrive();
    }
}
