package io.kilonova.servers;

import io.kilonova.access.Caller;
import io.kilonova.networks.NetworkChoice;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code POST /servers} asks.
 *
 * @param caller who asks; owns what is made
 * @param requestId of the request
 * @param name of the server; of several, each gets {@code -1}, {@code -2}, ...
 * @param hostname the guest's, when given (Compute API 2.90)
 * @param description for people
 * @param flavorId which flavor
 * @param imageId which image
 * @param keyName which key pair
 * @param zone {@code ZONE}, or {@code ZONE:HOST} or {@code ZONE:HOST:NODE} by an administrator
 * @param host a host by name (Compute API 2.74)
 * @param networks which networks
 * @param securityGroups names or ids
 * @param userData base 64
 * @param metadata of the user
 * @param tags of the user
 * @param files to be put into the guest, path to base 64
 * @param configDrive whether it has one
 * @param minimumCount at least so many
 * @param maximumCount at most so many, as the quota allows
 * @param schedulerHints as given
 * @param accessIpV4 shown as its address
 * @param accessIpV6 shown as its address
 * @param diskConfig AUTO or MANUAL
 * @param trustedImageCertificates as given
 */
public record ServerCreate(
        Caller caller,
        String requestId,
        String name,
        Optional<String> hostname,
        Optional<String> description,
        String flavorId,
        String imageId,
        Optional<String> keyName,
        Optional<String> zone,
        Optional<String> host,
        NetworkChoice networks,
        List<String> securityGroups,
        Optional<String> userData,
        Map<String, String> metadata,
        List<String> tags,
        Map<String, String> files,
        boolean configDrive,
        int minimumCount,
        int maximumCount,
        Map<String, List<String>> schedulerHints,
        Optional<String> accessIpV4,
        Optional<String> accessIpV6,
        String diskConfig,
        List<String> trustedImageCertificates) {}
