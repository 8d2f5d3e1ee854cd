package io.kilonova.servers;

import java.util.Map;

/** Writes what a guest may read of itself from its config drive. */
@FunctionalInterface
public interface ConfigDriveSource {
    /** The files of the drive, by path, for example {@code openstack/latest/meta_data.json}. */
    Map<String, byte[]> files(Server server);
}
