package io.kilonova.servers;

import java.util.Optional;

/**
 * What {@code PUT /servers/{id}} changes; what is empty stays.
 *
 * @param name as the user calls it
 * @param description the inner empty removes it
 * @param hostname the guest's (Compute API 2.90)
 * @param accessIpV4 shown as its address; the empty text removes it
 * @param accessIpV6 the same for IPv6
 * @param diskConfig AUTO or MANUAL
 */
public record ServerUpdate(
        Optional<String> name,
        Optional<Optional<String>> description,
        Optional<String> hostname,
        Optional<String> accessIpV4,
        Optional<String> accessIpV6,
        Optional<String> diskConfig) {}
