package io.kilonova.metadata;

import io.kilonova.networks.ServerCard;
import io.kilonova.servers.Server;
import io.kilonova.spi.ImageReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The EC2 format, below {@code /} and {@code /ec2}: a tree in which a folder answers its names one a line, those of folders
 * with a slash at their end.
 */
final class Ec2Documents {
    static final String META_DATA = "meta-data";
    static final String USER_DATA = "user-data";

    /** The field under which a folder keeps the line that it is listed as. */
    private static final String LISTED_AS = "_name";

    /** There are no manifests; this is the word that Nova has always answered instead. */
    private static final String MANIFEST_PATH = "FIX" + "ME";

    private static final String KEYS = "public-keys";
    private static final int IMAGE_ID_DIGITS = 8;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Server server;
    private final String hostname;

    /**
     * The documents of one server.
     *
     * @param hostname with its domain
     */
    Ec2Documents(Server server, String hostname) {
        this.server = server;
        this.hostname = hostname;
    }

    /** What stands at a path below {@code /} or {@code /ec2}, without the empty segments. */
    Optional<MetadataDocument> at(List<String> path) {
        if (path.isEmpty()) {
            return Optional.of(MetadataDocument.text(String.join("\n", Ec2Version.words())));
        }
        Optional<Ec2Version> version = Ec2Version.named(path.getFirst());
        if (version.isEmpty()) {
            return Optional.empty();
        }
        if (path.size() == 1) {
            return Optional.of(MetadataDocument.text(
                    server.userData().isPresent() ? META_DATA + "/\n" + USER_DATA : META_DATA + "/"));
        }
        if (path.get(1).equals(USER_DATA)) {
            return path.size() == 2 ? userData() : Optional.empty();
        }
        return path.get(1).equals(META_DATA)
                ? walk(metaData(version.get()), path.subList(2, path.size()))
                : Optional.empty();
    }

    /** The user data, when there is some. */
    Optional<MetadataDocument> userData() {
        return server.userData().map(UserContent::decode).map(MetadataDocument::bytes);
    }

    /** The whole tree as JSON, as a config drive has it. */
    MetadataDocument metaDataJson(Ec2Version version) {
        return MetadataDocument.json(MAPPER.writeValueAsBytes(metaData(version)));
    }

    private ObjectNode metaData(Ec2Version version) {
        ObjectNode root = JsonNodeFactory.instance
                .objectNode()
                .put("ami-id", imageId("ami", server.image().disk()))
                .put("ami-launch-index", server.launchIndex())
                .put("ami-manifest-path", MANIFEST_PATH)
                .put("hostname", hostname)
                .put("instance-id", "i-%08x".formatted(server.number()))
                .put(
                        "local-ipv4",
                        fixedAddresses()
                                .findFirst()
                                .map(ServerCard.FixedAddress::address)
                                .orElse(""))
                .put("reservation-id", server.reservationId());
        ArrayNode groups = root.putArray("security-groups");
        server.cards().stream()
                .flatMap(card -> card.securityGroups().stream())
                .distinct()
                .forEach(groups::add);
        addKey(root);
        if (version.atLeast(Ec2Version.PUBLIC_NAMES)) {
            root.put("local-hostname", hostname)
                    .put("public-hostname", hostname)
                    .put(
                            "public-ipv4",
                            fixedAddresses()
                                    .flatMap(address -> address.floatingAddresses().stream())
                                    .findFirst()
                                    .orElse(""));
        }
        if (version.atLeast(Ec2Version.TYPES)) {
            root.put("instance-type", server.flavor().name());
        }
        if (version.atLeast(Ec2Version.DEVICES)) {
            addDevices(root.putObject("block-device-mapping"));
            server.image().kernel().ifPresent(image -> root.put("kernel-id", imageId("aki", image)));
            server.image().ramdisk().ifPresent(image -> root.put("ramdisk-id", imageId("ari", image)));
        }
        if (version.atLeast(Ec2Version.PLACEMENT)) {
            root.putObject("placement").put("availability-zone", server.zone());
        }
        if (version.atLeast(Ec2Version.ACTIONS)) {
            root.put("instance-action", "none");
        }
        return root;
    }

    private void addKey(ObjectNode root) {
        Optional<String> publicKey = server.settings().publicKey();
        if (server.keyName().isPresent() && publicKey.isPresent()) {
            root.putObject(KEYS)
                    .putObject("0")
                    .put(LISTED_AS, "0=" + server.keyName().get())
                    .put("openssh-key", publicKey.get());
        }
    }

    /** The disks in the order in which a guest finds them: root, ephemeral, swap. */
    private void addDevices(ObjectNode mapping) {
        String root = server.settings().rootDeviceName();
        mapping.put("ami", root.substring(root.lastIndexOf('/') + 1)).put("root", root);
        List<String> others = new ArrayList<>();
        if (server.flavor().ephemeralDiskGibibytes() > 0) {
            others.add("ephemeral0");
        }
        if (server.flavor().swapMebibytes() > 0) {
            others.add("swap");
        }
        String prefix = root.substring(0, root.length() - 1);
        char letter = root.charAt(root.length() - 1);
        for (String name : others) {
            letter++;
            mapping.put(name, prefix + letter);
        }
    }

    private Stream<ServerCard.FixedAddress> fixedAddresses() {
        return server.cards().stream()
                .flatMap(card -> card.fixedAddresses().stream())
                .filter(address -> address.version() == 4);
    }

    private static String imageId(String kind, ImageReference image) {
        String digits = image.id().replace("-", "");
        return kind + "-" + digits.substring(0, Math.min(IMAGE_ID_DIGITS, digits.length()));
    }

    private static Optional<MetadataDocument> walk(JsonNode node, List<String> path) {
        JsonNode here = node;
        for (String name : path) {
            JsonNode next = name.equals(LISTED_AS) ? null : here.get(name);
            if (next == null) {
                return Optional.empty();
            }
            here = next;
        }
        return Optional.of(MetadataDocument.text(print(here)));
    }

    private static String print(JsonNode node) {
        if (node.isObject()) {
            return node.properties().stream()
                    .filter(entry -> !entry.getKey().equals(LISTED_AS))
                    .sorted(Comparator.comparing(java.util.Map.Entry::getKey))
                    .map(entry -> line(entry.getKey(), entry.getValue()))
                    .collect(Collectors.joining("\n"));
        }
        if (node.isArray()) {
            return node.valueStream()
                    .map(element -> oneLine(element.asString()))
                    .collect(Collectors.joining("\n"));
        }
        return node.asString();
    }

    private static String line(String name, JsonNode value) {
        if (!value.isObject()) {
            return name;
        }
        return value.has(LISTED_AS) ? oneLine(value.path(LISTED_AS).asString()) : name + "/";
    }

    /** A name that somebody chose stays one line of a list. */
    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
