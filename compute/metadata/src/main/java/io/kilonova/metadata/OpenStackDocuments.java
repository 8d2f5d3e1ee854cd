package io.kilonova.metadata;

import io.kilonova.networks.ServerCard;
import io.kilonova.servers.Server;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The OpenStack format, below {@code /openstack}. */
final class OpenStackDocuments {
    static final String META_DATA = "meta_data.json";
    static final String USER_DATA = "user_data";
    static final String VENDOR_DATA = "vendor_data.json";
    static final String VENDOR_DATA_2 = "vendor_data2.json";
    static final String NETWORK_DATA = "network_data.json";
    static final String CONTENT = "content";

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Server server;
    private final String hostname;
    private final Supplier<byte[]> randomSeed;
    private final Map<String, String> files;

    /**
     * The documents of one server.
     *
     * @param hostname with its domain
     * @param randomSeed 512 bytes, others each time
     */
    OpenStackDocuments(Server server, String hostname, Supplier<byte[]> randomSeed) {
        this.server = server;
        this.hostname = hostname;
        this.randomSeed = randomSeed;
        // Sorted, so that a file keeps its number.
        this.files = new TreeMap<>(server.settings().files());
    }

    /** What stands at a path below {@code /openstack}, without the empty segments. */
    Optional<MetadataDocument> at(List<String> path) {
        if (path.isEmpty()) {
            return Optional.of(MetadataDocument.text(String.join("\n", OpenStackVersion.words())));
        }
        if (path.getFirst().equals(CONTENT)) {
            return path.size() == 2
                    ? Optional.ofNullable(contents().get(path.get(1))).map(MetadataDocument::bytes)
                    : Optional.empty();
        }
        Optional<OpenStackVersion> version = OpenStackVersion.named(path.getFirst());
        return switch (path.size()) {
            case 1 -> version.map(known -> MetadataDocument.text(String.join("\n", names(known))));
            case 2 ->
                version.filter(known -> names(known).contains(path.get(1))).map(known -> document(known, path.get(1)));
            default -> Optional.empty();
        };
    }

    /** The names of the documents of a version, in the order in which they are listed. */
    List<String> names(OpenStackVersion version) {
        List<String> names = new ArrayList<>(List.of(META_DATA));
        if (server.userData().isPresent()) {
            names.add(USER_DATA);
        }
        if (version.atLeast(OpenStackVersion.HAVANA)) {
            names.add(VENDOR_DATA);
        }
        if (version.atLeast(OpenStackVersion.LIBERTY)) {
            names.add(NETWORK_DATA);
        }
        if (version.atLeast(OpenStackVersion.NEWTON_VENDOR)) {
            names.add(VENDOR_DATA_2);
        }
        return names;
    }

    /** One of the documents that {@link #names} lists. */
    MetadataDocument document(OpenStackVersion version, String name) {
        return switch (name) {
            case META_DATA -> json(metaData(version));
            case USER_DATA ->
                MetadataDocument.bytes(UserContent.decode(server.userData().orElse("")));
            case VENDOR_DATA -> json(JsonNodeFactory.instance.objectNode());
            case NETWORK_DATA -> json(NetworkDocument.of(server.cards()));
            case VENDOR_DATA_2 -> {
                ObjectNode vendors = JsonNodeFactory.instance.objectNode();
                vendors.putObject("static");
                yield json(vendors);
            }
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** The bytes of the injected files, by their number of four digits. */
    Map<String, byte[]> contents() {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        files.values().forEach(content -> contents.put(number(contents.size()), UserContent.decode(content)));
        return contents;
    }

    private ObjectNode metaData(OpenStackVersion version) {
        ObjectNode root = JsonNodeFactory.instance.objectNode().put("uuid", server.id());
        if (!server.metadata().isEmpty()) {
            ObjectNode meta = root.putObject("meta");
            new TreeMap<>(server.metadata()).forEach(meta::put);
        }
        if (!files.isEmpty()) {
            ArrayNode list = root.putArray("files");
            files.keySet()
                    .forEach(path -> list.addObject()
                            .put("path", path)
                            .put("content_path", "/%s/%s".formatted(CONTENT, number(list.size() - 1))));
        }
        server.keyName().ifPresent(name -> addKey(root, name));
        root.put("hostname", hostname)
                .put("name", server.name())
                .put("launch_index", server.launchIndex())
                .put("availability_zone", server.zone());
        if (version.atLeast(OpenStackVersion.GRIZZLY)) {
            root.put("random_seed", Base64.getEncoder().encodeToString(randomSeed.get()));
        }
        if (version.atLeast(OpenStackVersion.LIBERTY)) {
            root.put("project_id", server.projectId());
        }
        if (version.atLeast(OpenStackVersion.NEWTON)) {
            addDevices(root, version);
        }
        if (version.atLeast(OpenStackVersion.VICTORIA)) {
            // Those of a guest that has both pinned and floating processors; no guest here has.
            root.putArray("dedicated_cpus");
        }
        return root;
    }

    private void addKey(ObjectNode root, String name) {
        server.settings().publicKey().ifPresent(publicKey -> {
            root.putObject("public_keys").put(name, publicKey);
            root.putArray("keys")
                    .addObject()
                    .put("name", name)
                    .put("type", server.settings().keyType().orElse("ssh"))
                    .put("data", publicKey);
        });
    }

    /** The cards that have tags. Where they are on the guest's buses is the hypervisor's choice, and not known here. */
    private void addDevices(ObjectNode root, OpenStackVersion version) {
        ArrayNode devices = root.putArray("devices");
        for (ServerCard card : server.cards()) {
            card.tag().ifPresent(tag -> {
                ObjectNode device = devices.addObject()
                        .put("type", "nic")
                        .put("bus", "none")
                        .put("address", "none")
                        .put("mac", card.macAddress());
                device.putArray("tags").add(tag);
                if (version.atLeast(OpenStackVersion.ROCKY)) {
                    device.put("vf_trusted", false);
                }
            });
        }
    }

    private static String number(int place) {
        return "%04d".formatted(place);
    }

    private static MetadataDocument json(ObjectNode root) {
        return MetadataDocument.json(MAPPER.writeValueAsBytes(root));
    }
}
