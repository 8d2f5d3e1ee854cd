package io.kilonova.reliability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What real guests are made of: the small image, two flavors, and networks. */
final class GuestCatalogue {
    private final String image;

    private GuestCatalogue(String image) {
        this.image = image;
    }

    /** Builds the image in a folder, and gives the cloud all of it. */
    static GuestCatalogue furnish(CloudApi api, Path folder) throws IOException {
        Shell.run(List.of("../guest/build-guest-image", folder.resolve("guest").toString()));
        String image = api.post("/image/v2/images", """
                        {"name": "guest", "disk_format": "qcow2", "container_format": "bare"}""").orFail().path("id").stringValue();
        api.upload(
                "/image/v2/images/%s/file".formatted(image), Files.readAllBytes(folder.resolve("guest/guest.qcow2")));
        api.post("/compute/v2.1/flavors", """
                {"flavor": {"id": "tiny", "name": "tiny", "ram": 128, "vcpus": 1, "disk": 1}}""").orFail();
        api.post("/compute/v2.1/flavors", """
                {"flavor": {"id": "larger", "name": "larger", "ram": 160, "vcpus": 1, "disk": 2}}""").orFail();
        return new GuestCatalogue(image);
    }

    /** A new network with one subnet. */
    static String network(CloudApi api, String name, String cidr) throws IOException {
        String network = made(api, "network", "{\"name\": \"%s\"}".formatted(name));
        String _ = made(
                api,
                "subnet",
                "{\"network_id\": \"%s\", \"ip_version\": 4, \"cidr\": \"%s\"}".formatted(network, cidr));
        return network;
    }

    /** A new resource of the networking API; answers its id. */
    static String made(CloudApi api, String kind, String document) throws IOException {
        JsonNode answer = api.post(
                        "/networking/v2.0/%ss".formatted(kind).replace('_', '-'),
                        "{\"%s\": %s}".formatted(kind, document))
                .orFail();
        return answer.path(kind).path("id").stringValue();
    }

    /** The body of a POST of a server, with room for the script that it runs. */
    String server(String name, String network, String host) {
        return """
                {"server": {"name": "%s", "availability_zone": "nova:%s", "user_data": "%%s", "flavorRef": "tiny",
                 "imageRef": "%s", "networks": [{"uuid": "%s"}]}}""".formatted(name, host, image, network);
    }
}
