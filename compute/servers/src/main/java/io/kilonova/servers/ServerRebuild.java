package io.kilonova.servers;

import java.util.Map;
import java.util.Optional;

/**
 * What the action {@code rebuild} asks.
 *
 * @param imageId the image to make the root disk from
 * @param update what else changes
 * @param metadata in place of what was there
 * @param files to be put into the guest, in place of those that were (Compute API up to 2.56)
 * @param keyName another key pair, or none when the inner is empty (Compute API 2.54)
 * @param userData other user data, or none when the inner is empty (Compute API 2.57)
 */
public record ServerRebuild(
        String imageId,
        ServerUpdate update,
        Optional<Map<String, String>> metadata,
        Optional<Map<String, String>> files,
        Optional<Optional<String>> keyName,
        Optional<Optional<String>> userData) {}
