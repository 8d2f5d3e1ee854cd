package io.kilonova.servers;

import io.kilonova.networks.CardRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a user asked for that only the operations and the metadata service read again.
 *
 * @param publicKey the key pair's public key, as it was
 * @param keyType {@code ssh} or {@code x509}
 * @param cards network cards to connect
 * @param securityGroups names or ids
 * @param files to be put into the guest, path to base 64 (Compute API up to 2.56)
 * @param schedulerHints as given
 * @param requestedZone the zone asked for
 * @param requestedHost the host asked for
 * @param rootDeviceName for example {@code /dev/vda}
 * @param trustedImageCertificates as given (Compute API 2.63)
 */
public record ServerSettings(
        Optional<String> publicKey,
        Optional<String> keyType,
        List<CardRequest> cards,
        List<String> securityGroups,
        Map<String, String> files,
        Map<String, List<String>> schedulerHints,
        Optional<String> requestedZone,
        Optional<String> requestedHost,
        String rootDeviceName,
        List<String> trustedImageCertificates) {
    /** The same after a rebuild. */
    ServerSettings rebuilt(Optional<Optional<Keypair>> keypair, Map<String, String> newFiles) {
        return new ServerSettings(
                keypair.map(chosen -> chosen.map(Keypair::publicKey)).orElse(publicKey),
                keypair.map(chosen -> chosen.map(Keypair::type)).orElse(keyType),
                cards,
                securityGroups,
                newFiles,
                schedulerHints,
                requestedZone,
                requestedHost,
                rootDeviceName,
                trustedImageCertificates);
    }
}
