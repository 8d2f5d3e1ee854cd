package io.kilonova.metadata;

import io.kilonova.servers.Server;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * All that one guest may read of itself, made from its server's row alone. Paths are names in a closed vocabulary: none is
 * ever one of a file of this host.
 */
public final class GuestMetadata {
    private static final String OPENSTACK = "openstack";
    private static final String EC2 = "ec2";
    private static final int RANDOM_SEED_BYTES = 512;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final OpenStackDocuments openStack;
    private final Ec2Documents ec2;

    /**
     * The metadata of {@code server}.
     *
     * @param domain what host names end in, after a dot; empty for none
     */
    public GuestMetadata(Server server, String domain) {
        this(server, domain, GuestMetadata::randomSeed);
    }

    /**
     * The same with randomness from elsewhere.
     *
     * @param randomSeed the bytes of a {@code random_seed}, others each time
     */
    GuestMetadata(Server server, String domain, Supplier<byte[]> randomSeed) {
        String hostname = domain.isEmpty() ? server.hostname() : server.hostname() + "." + domain;
        this.openStack = new OpenStackDocuments(server, hostname, randomSeed);
        this.ec2 = new Ec2Documents(server, hostname);
    }

    /**
     * What the guest reads at a path, such as {@code /openstack/latest/meta_data.json} or {@code /latest/meta-data/}: a
     * document or a listing. Slashes at the end, and doubled ones, are passed over. Empty when there is nothing.
     */
    public Optional<MetadataDocument> at(String path) {
        List<String> segments = Arrays.stream(path.split("/"))
                .filter(segment -> !segment.isEmpty())
                .toList();
        if (segments.isEmpty()) {
            return ec2.at(segments);
        }
        return switch (segments.getFirst()) {
            case OPENSTACK -> openStack.at(segments.subList(1, segments.size()));
            case EC2 -> ec2.at(segments.subList(1, segments.size()));
            default -> ec2.at(segments);
        };
    }

    /** The files of a config drive, by their path on it. */
    public Map<String, byte[]> configDrive() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String word : OpenStackVersion.words()) {
            OpenStackVersion version = OpenStackVersion.named(word).orElseThrow();
            openStack
                    .names(version)
                    .forEach(name -> files.put(
                            "%s/%s/%s".formatted(OPENSTACK, word, name),
                            openStack.document(version, name).content()));
        }
        openStack
                .contents()
                .forEach((number, content) ->
                        files.put("%s/%s/%s".formatted(OPENSTACK, OpenStackDocuments.CONTENT, number), content));
        // The older versions of this format are not on the drive, as Nova leaves them off it.
        for (String word : List.of(Ec2Version.NEWEST.date(), Ec2Version.LATEST)) {
            files.put(
                    "%s/%s/%s.json".formatted(EC2, word, Ec2Documents.META_DATA),
                    ec2.metaDataJson(Ec2Version.NEWEST).content());
            ec2.userData()
                    .ifPresent(document ->
                            files.put("%s/%s/%s".formatted(EC2, word, Ec2Documents.USER_DATA), document.content()));
        }
        return files;
    }

    private static byte[] randomSeed() {
        byte[] seed = new byte[RANDOM_SEED_BYTES];
        RANDOM.nextBytes(seed);
        return seed;
    }
}
