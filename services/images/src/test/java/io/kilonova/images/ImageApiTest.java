package io.kilonova.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Images as a client works with them: made, sent, read, listed, changed, shared, deleted. */
class ImageApiTest {
    private static final byte[] HELLO = "hello, disk".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private ImageCloud cloud;

    @BeforeEach
    void start() {
        cloud = ImageCloud.in(folder);
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void the_versions_are_told_to_anyone() {
        for (String path : List.of("/", "/v2", "/v2/")) {
            ImageCloud.Reply reply = cloud.get("nobody", path);
            assertThat(reply.status()).isEqualTo(300);
            assertThat(reply.json().path("versions").size()).isEqualTo(17);
            JsonNode newest = reply.json().path("versions").get(0);
            assertThat(newest.path("id").asString()).isEqualTo("v2.16");
            assertThat(newest.path("status").asString()).isEqualTo("CURRENT");
            assertThat(newest.path("links").get(0).path("href").asString())
                    .isEqualTo("http://127.0.0.1:%d/image/v2/".formatted(cloud.port()));
        }
        assertThat(cloud.get("nobody", "/versions").status()).isEqualTo(200);
        assertThat(cloud.get("nobody", "/v2/images").status()).isEqualTo(401);
    }

    @Test
    void a_new_image_is_queued_and_has_the_attributes_that_were_sent() {
        ImageCloud.Reply made = cloud.post("ann", "/v2/images", """
                {"name": "cirros", "disk_format": "qcow2", "container_format": "bare", "min_disk": 1, "min_ram": 64,
                 "tags": ["b", "a"], "protected": true, "os_hidden": true, "visibility": "private",
                 "hw_disk_bus": "virtio", "owner_specified.openstack.md5": ""}
                """);
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Location")).endsWith("/image/v2/images/" + made.id());
        assertThat(made.header("OpenStack-image-import-methods")).isEqualTo("glance-direct");
        assertThat(made.header("x-openstack-request-id")).startsWith("req-");
        JsonNode image = cloud.show("ann", made.id());
        assertThat(image).isEqualTo(made.json());
        assertThat(image.path("status").asString()).isEqualTo("queued");
        assertThat(image.path("owner").asString()).isEqualTo(ImageCloud.ANNS);
        assertThat(image.path("tags").toString()).isEqualTo("[\"a\",\"b\"]");
        assertThat(image.path("min_disk").intValue()).isEqualTo(1);
        assertThat(image.path("min_ram").intValue()).isEqualTo(64);
        assertThat(image.path("protected").booleanValue()).isTrue();
        assertThat(image.path("os_hidden").booleanValue()).isTrue();
        assertThat(image.path("visibility").asString()).isEqualTo("private");
        assertThat(image.path("hw_disk_bus").asString()).isEqualTo("virtio");
        assertThat(image.path("owner_specified.openstack.md5").asString()).isEmpty();
        assertThat(image.path("size").isNull()).isTrue();
        assertThat(image.path("checksum").isNull()).isTrue();
        assertThat(image.path("self").asString()).isEqualTo("/v2/images/" + made.id());
        assertThat(image.path("file").asString()).isEqualTo("/v2/images/" + made.id() + "/file");
        assertThat(image.path("created_at").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(image.has("locations")).isFalse();
        assertThat(image.has("direct_url")).isFalse();
    }

    @Test
    void an_id_may_be_chosen_and_is_taken_once() {
        String body = "{\"id\": \"6b15ba7f-2e9d-4d4a-a7d2-1a4c2f3e4d5c\"}";
        assertThat(cloud.post("ann", "/v2/images", body).status()).isEqualTo(201);
        assertThat(cloud.post("bob", "/v2/images", body).status()).isEqualTo(409);
        assertThat(cloud.images().usage(ImageCloud.BOBS).images()).isZero();
    }

    @Test
    void bytes_that_were_sent_come_back_with_their_digests() {
        String id = cloud.active("ann", "hello", HELLO);
        JsonNode image = cloud.show("ann", id);
        assertThat(image.path("status").asString()).isEqualTo("active");
        assertThat(image.path("size").longValue()).isEqualTo(HELLO.length);
        assertThat(image.path("virtual_size").longValue()).isEqualTo(HELLO.length);
        assertThat(image.path("checksum").asString()).isEqualTo(digest("MD5"));
        assertThat(image.path("os_hash_algo").asString()).isEqualTo("sha512");
        assertThat(image.path("os_hash_value").asString()).isEqualTo(digest("SHA-512"));
        ImageCloud.Reply file = cloud.get("ann", "/v2/images/" + id + "/file");
        assertThat(file.status()).isEqualTo(200);
        assertThat(file.bytes()).isEqualTo(HELLO);
        assertThat(file.header("Content-MD5")).isEqualTo(digest("MD5"));
        assertThat(file.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(file.header("Content-Length")).isEqualTo(String.valueOf(HELLO.length));
    }

    private static String digest(String algorithm) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(
                            java.security.MessageDigest.getInstance(algorithm).digest(HELLO));
        } catch (java.security.NoSuchAlgorithmException exception) {
            throw new IllegalStateException(exception);
        }
    }

    @Test
    void a_part_of_the_bytes_can_be_read() {
        String file = "/v2/images/" + cloud.active("ann", "hello", HELLO) + "/file";
        ImageCloud.Reply part = cloud.get("ann", file, "Range", "bytes=7-8");
        assertThat(part.status()).isEqualTo(206);
        assertThat(new String(part.bytes(), StandardCharsets.UTF_8)).isEqualTo("di");
        assertThat(part.header("Content-Range")).isEqualTo("bytes 7-8/11");
        assertThat(new String(cloud.get("ann", file, "Range", "bytes=-4").bytes(), StandardCharsets.UTF_8))
                .isEqualTo("disk");
        assertThat(new String(cloud.get("ann", file, "Range", "bytes=7-").bytes(), StandardCharsets.UTF_8))
                .isEqualTo("disk");
        assertThat(cloud.get("ann", file, "Range", "bytes=11-").status()).isEqualTo(416);
        assertThat(cloud.get("ann", file, "Range", "bytes=5-2").status()).isEqualTo(200);
        assertThat(cloud.get("ann", file, "Range", "lines=1-2").status()).isEqualTo(200);
    }

    @Test
    void an_image_without_bytes_has_nothing_to_read() {
        String id = cloud.create("ann", "empty", "raw");
        assertThat(cloud.get("ann", "/v2/images/" + id + "/file").status()).isEqualTo(204);
    }

    @Test
    void bytes_are_sent_once_and_only_when_the_format_is_said() {
        String id = cloud.active("ann", "hello", HELLO);
        assertThat(cloud.upload("ann", id, HELLO).status()).isEqualTo(409);
        String bare = cloud.post("ann", "/v2/images", "{\"name\": \"x\"}").id();
        assertThat(cloud.upload("ann", bare, HELLO).status()).isEqualTo(400);
        assertThat(cloud.send(
                                "ann",
                                "PUT",
                                "/v2/images/" + bare + "/file",
                                HttpRequest.BodyPublishers.ofString("x"),
                                "Content-Type",
                                "text/html")
                        .status())
                .isEqualTo(415);
        assertThat(cloud.status("ann", bare)).isEqualTo("queued");
    }

    @Test
    void staged_bytes_become_an_image_by_import() {
        String id = cloud.create("ann", "staged", "raw");
        assertThat(cloud.post("ann", "/v2/images/" + id + "/import", "{\"method\": {\"name\": \"glance-direct\"}}")
                        .status())
                .isEqualTo(409);
        assertThat(cloud.put("ann", "/v2/images/" + id + "/stage", HELLO).status())
                .isEqualTo(204);
        assertThat(cloud.status("ann", id)).isEqualTo("uploading");
        assertThat(cloud.get("ann", "/v2/images/" + id + "/file").status()).isEqualTo(204);
        assertThat(cloud.post("ann", "/v2/images/" + id + "/import", "{\"method\": {\"name\": \"glance-direct\"}}")
                        .status())
                .isEqualTo(202);
        assertThat(cloud.status("ann", id)).isEqualTo("active");
        assertThat(cloud.get("ann", "/v2/images/" + id + "/file").bytes()).isEqualTo(HELLO);
        assertThat(cloud.show("ann", id).path("os_hash_value").asString()).isEqualTo(digest("SHA-512"));
        assertThat(cloud.images().usage(ImageCloud.ANNS)).isEqualTo(new UsageRows.Usage(1, HELLO.length));
    }

    @Test
    void deleting_an_image_removes_its_bytes_and_what_it_counted() {
        String id = cloud.active("ann", "hello", HELLO);
        assertThat(cloud.files()).hasSize(1);
        assertThat(cloud.delete("ann", "/v2/images/" + id).status()).isEqualTo(204);
        assertThat(cloud.delete("ann", "/v2/images/" + id).status()).isEqualTo(404);
        assertThat(cloud.files()).isEmpty();
        assertThat(cloud.images().usage(ImageCloud.ANNS)).isEqualTo(new UsageRows.Usage(0, 0));
    }

    @Test
    void a_protected_image_is_not_deleted() {
        String id = cloud.create("ann", "kept", "raw", "\"protected\": true");
        assertThat(cloud.delete("ann", "/v2/images/" + id).status()).isEqualTo(403);
        assertThat(cloud.delete("root", "/v2/images/" + id).status()).isEqualTo(403);
        cloud.patch("ann", id, "[{\"op\": \"replace\", \"path\": \"/protected\", \"value\": false}]");
        assertThat(cloud.delete("ann", "/v2/images/" + id).status()).isEqualTo(204);
    }

    @Test
    void a_deactivated_image_is_read_by_administrators_alone() {
        String id = cloud.active("ann", "hello", HELLO);
        assertThat(cloud.post("ann", "/v2/images/" + id + "/actions/deactivate", "")
                        .status())
                .isEqualTo(204);
        assertThat(cloud.status("ann", id)).isEqualTo("deactivated");
        assertThat(cloud.get("ann", "/v2/images/" + id + "/file").status()).isEqualTo(403);
        assertThat(cloud.get("root", "/v2/images/" + id + "/file").status()).isEqualTo(200);
        assertThat(cloud.post("ann", "/v2/images/" + id + "/actions/reactivate", "")
                        .status())
                .isEqualTo(204);
        assertThat(cloud.get("ann", "/v2/images/" + id + "/file").status()).isEqualTo(200);
        String queued = cloud.create("ann", "queued", "raw");
        assertThat(cloud.post("ann", "/v2/images/" + queued + "/actions/deactivate", "")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void tags_are_put_and_taken_one_by_one() {
        String id = cloud.create("ann", "tagged", "raw");
        String tags = "/v2/images/" + id + "/tags/";
        assertThat(cloud.put("ann", tags + "gold%20new", "").status()).isEqualTo(204);
        assertThat(cloud.put("ann", tags + "gold%20new", "").status()).isEqualTo(204);
        assertThat(cloud.show("ann", id).path("tags").toString()).isEqualTo("[\"gold new\"]");
        assertThat(cloud.delete("ann", tags + "gold%20new").status()).isEqualTo(204);
        assertThat(cloud.delete("ann", tags + "gold%20new").status()).isEqualTo(404);
    }

    @Test
    void a_patch_changes_what_it_names() {
        String id = cloud.create("ann", "old", "raw", "\"a\": \"1\", \"b\": \"2\", \"c~d/e\": \"3\"");
        ImageCloud.Reply changed = cloud.patch("ann", id, """
                [{"op": "replace", "path": "/name", "value": "new"},
                 {"op": "add", "path": "/z", "value": "26"},
                 {"op": "add", "path": "/a", "value": "11"},
                 {"op": "remove", "path": "/b"},
                 {"op": "remove", "path": "/c~0d~1e"},
                 {"op": "add", "path": "/min_ram", "value": 512},
                 {"op": "replace", "path": "/tags", "value": ["x"]},
                 {"op": "replace", "path": "/disk_format", "value": "qcow2"}]
                """);
        assertThat(changed.status()).isEqualTo(200);
        JsonNode image = cloud.show("ann", id);
        assertThat(image).isEqualTo(changed.json());
        assertThat(image.path("name").asString()).isEqualTo("new");
        assertThat(image.path("a").asString()).isEqualTo("11");
        assertThat(image.path("z").asString()).isEqualTo("26");
        assertThat(image.has("b")).isFalse();
        assertThat(image.has("c~d/e")).isFalse();
        assertThat(image.path("min_ram").intValue()).isEqualTo(512);
        assertThat(image.path("tags").toString()).isEqualTo("[\"x\"]");
        assertThat(image.path("disk_format").asString()).isEqualTo("qcow2");
        assertThat(cloud.patch("ann", id, "[]").status()).isEqualTo(200);
    }

    @Test
    void the_older_form_of_a_patch_is_understood() {
        String id = cloud.create("ann", "old", "raw");
        assertThat(cloud.send(
                                "ann",
                                "PATCH",
                                "/v2/images/" + id,
                                HttpRequest.BodyPublishers.ofString(
                                        "[{\"replace\": \"/name\", \"value\": \"new\"}, {\"add\": \"/p\", \"value\": \"1\"}]"),
                                "Content-Type",
                                "application/openstack-images-v2.0-json-patch")
                        .status())
                .isEqualTo(200);
        assertThat(cloud.show("ann", id).path("name").asString()).isEqualTo("new");
        assertThat(cloud.show("ann", id).path("p").asString()).isEqualTo("1");
    }

    @Test
    void a_list_goes_page_by_page_and_shows_each_image_once() {
        List<String> names = IntStream.range(0, 7).mapToObj(i -> "image-" + i).toList();
        names.forEach(name -> cloud.create("ann", name, "raw"));
        List<String> seen = new ArrayList<>();
        String path = "/v2/images?limit=3&sort=name:asc";
        int pages = 0;
        while (!path.isEmpty()) {
            ImageCloud.Reply page = cloud.get("ann", path);
            assertThat(page.status()).isEqualTo(200);
            seen.addAll(page.names());
            assertThat(page.json().path("first").asString()).isEqualTo("/v2/images?limit=3&sort=name:asc");
            path = page.json().path("next").asString("");
            pages++;
        }
        assertThat(seen).isEqualTo(names);
        assertThat(pages).isEqualTo(3);
        assertThat(cloud.get("ann", "/v2/images?limit=0").names()).isEmpty();
        assertThat(cloud.get("ann", "/v2/images?limit=99999").names()).hasSize(7);
        assertThat(cloud.get("ann", "/v2/images?limit=-1").status()).isEqualTo(400);
        assertThat(cloud.get("ann", "/v2/images?marker=nothing").status()).isEqualTo(400);
        assertThat(cloud.get("ann", "/v2/images?sort_key=name&sort_dir=desc").names())
                .isEqualTo(names.reversed());
        assertThat(cloud.get("ann", "/v2/images?sort=owner:asc").status()).isEqualTo(400);
        assertThat(cloud.get("ann", "/v2/images?sort=name&sort_key=id").status())
                .isEqualTo(400);
    }

    @Test
    void a_list_can_be_narrowed_by_anything_that_images_have() {
        cloud.active("ann", "small", new byte[10], "\"os_distro\": \"debian\"", "\"tags\": [\"x\", \"y\"]");
        cloud.active("ann", "large", new byte[1000], "\"protected\": true", "\"tags\": [\"x\"]");
        cloud.create("ann", "iso, one", "iso");
        cloud.create("ann", "hidden", "raw", "\"os_hidden\": true");
        assertThat(narrowed("name=small")).containsExactly("small");
        assertThat(narrowed("name=in:small,large")).containsExactly("large", "small");
        assertThat(narrowed("name=in:small,%22iso,%20one%22")).containsExactly("iso, one", "small");
        assertThat(narrowed("status=active")).containsExactly("large", "small");
        assertThat(narrowed("status=in:queued,saving")).containsExactly("iso, one");
        assertThat(narrowed("disk_format=iso")).containsExactly("iso, one");
        assertThat(narrowed("container_format=in:bare,ovf")).hasSize(3);
        assertThat(narrowed("size_min=11")).containsExactly("large");
        assertThat(narrowed("size_max=11")).containsExactly("small");
        assertThat(narrowed("protected=true")).containsExactly("large");
        assertThat(narrowed("os_hidden=true")).containsExactly("hidden");
        assertThat(narrowed("tag=x&tag=y")).containsExactly("small");
        assertThat(narrowed("os_distro=debian")).containsExactly("small");
        assertThat(narrowed("os_distro=ubuntu")).isEmpty();
        assertThat(narrowed("owner=" + ImageCloud.ANNS)).hasSize(3);
        assertThat(narrowed("owner=" + ImageCloud.BOBS)).isEmpty();
        assertThat(narrowed("created_at=gt:2020-01-01T00:00:00Z")).hasSize(3);
        assertThat(narrowed("created_at=lt:2020-01-01T00:00:00Z")).isEmpty();
        assertThat(narrowed("updated_at=gte:2020-01-01T00:00:00%2B02:00")).hasSize(3);
        assertThat(narrowed("min_ram=0")).hasSize(3);
        for (String bad : List.of(
                "size_min=x",
                "size_max=-1",
                "protected=maybe",
                "visibility=secret",
                "member_status=maybe",
                "created_at=gt:yesterday",
                "created_at=gt:%2B999999999-01-01T00:00:00Z",
                "name=in:%22open",
                "name=a%00b",
                "limit=x",
                "sort=name:up")) {
            assertThat(cloud.get("ann", "/v2/images?" + bad).status()).as(bad).isEqualTo(400);
        }
    }

    private List<String> narrowed(String query) {
        ImageCloud.Reply reply = cloud.get("ann", "/v2/images?sort=name:asc&" + query);
        assertThat(reply.status()).as(query).isEqualTo(200);
        return reply.names();
    }

    @Test
    void what_clients_discover_is_there() {
        for (String name : List.of("image", "images", "member", "members", "task", "tasks")) {
            ImageCloud.Reply schema = cloud.get("rita", "/v2/schemas/" + name);
            assertThat(schema.status()).isEqualTo(200);
            assertThat(schema.json().path("name").asString()).isEqualTo(name);
        }
        assertThat(cloud.get("ann", "/v2/schemas/passwd").status()).isEqualTo(404);
        assertThat(cloud.get("ann", "/v2/info/import").json().toString()).contains("[\"glance-direct\"]");
        assertThat(cloud.get("ann", "/v2/info/stores").json().path("stores").size())
                .isEqualTo(1);
        cloud.active("ann", "two", new byte[2 << 20]);
        JsonNode usage = cloud.get("ann", "/v2/info/usage").json().path("usage");
        assertThat(usage.path("image_size_total").path("usage").intValue()).isEqualTo(2);
        assertThat(usage.path("image_count_total").path("usage").intValue()).isEqualTo(1);
        assertThat(cloud.get("root", "/v2/tasks").json().path("tasks").size()).isZero();
        assertThat(cloud.post("root", "/v2/tasks", "{}").status()).isEqualTo(501);
    }
}
