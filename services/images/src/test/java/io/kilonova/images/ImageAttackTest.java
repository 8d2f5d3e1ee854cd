package io.kilonova.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What attackers, cut cables and full disks do, and what is left of it. */
class ImageAttackTest {
    @TempDir
    private Path folder;

    private static String patch(String op, String path, String value) {
        return "[{\"op\": \"%s\", \"path\": \"%s\", \"value\": %s}]".formatted(op, path, value);
    }

    @Test
    void an_image_that_leans_on_a_host_file_is_refused_and_leaves_nothing() {
        try (ImageCloud cloud = ImageCloud.in(folder)) {
            byte[] overlay = Disks.created(folder, "-f", "qcow2", "-u", "-F", "raw", "-b", "/etc/shadow", "10M");
            String id = cloud.create("ann", "evil", "qcow2");
            ImageCloud.Reply refused = cloud.upload("ann", id, overlay);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.message()).contains("backing file");
            assertThat(cloud.status("ann", id)).isEqualTo("queued");
            assertThat(cloud.files()).isEmpty();
            String raw = cloud.create("ann", "evil", "raw");
            assertThat(cloud.upload("ann", raw, overlay).status()).isEqualTo(400);
            assertThat(cloud.put("ann", "/v2/images/" + raw + "/stage", overlay).status())
                    .isEqualTo(204);
            assertThat(cloud.post("ann", "/v2/images/" + raw + "/import", "{\"method\": {\"name\": \"glance-direct\"}}")
                            .status())
                    .isEqualTo(400);
            assertThat(cloud.status("ann", raw)).isEqualTo("queued");
            assertThat(cloud.files()).isEmpty();
            assertThat(cloud.images().usage(ImageCloud.ANNS).bytes()).isZero();
        }
    }

    @Test
    void a_checked_format_stays_what_it_is() {
        try (ImageCloud cloud = ImageCloud.in(folder)) {
            String id = cloud.active("ann", "raw", new byte[512]);
            assertThat(cloud.patch("ann", id, patch("replace", "/disk_format", "\"qcow2\""))
                            .status())
                    .isEqualTo(403);
            assertThat(cloud.patch("ann", id, patch("replace", "/container_format", "\"ovf\""))
                            .status())
                    .isEqualTo(403);
            String staged = cloud.create("ann", "raw", "raw");
            cloud.put("ann", "/v2/images/" + staged + "/stage", new byte[512]);
            assertThat(cloud.patch("ann", staged, patch("replace", "/disk_format", "\"qcow2\""))
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void an_id_leads_to_no_other_file() {
        try (ImageCloud cloud = ImageCloud.in(folder)) {
            for (String id : List.of("..%2F..%2Fetc%2Fpasswd", "%2e%2e", "a%00b", "'%20OR%201=1", "x".repeat(2000))) {
                assertThat(cloud.get("root", "/v2/images/" + id).status())
                        .as(id)
                        .isIn(400, 404);
                assertThat(cloud.get("root", "/v2/images/" + id + "/file").status())
                        .as(id)
                        .isIn(400, 404);
                assertThat(cloud.put("root", "/v2/images/" + id + "/file", new byte[1])
                                .status())
                        .as(id)
                        .isIn(400, 404);
                assertThat(cloud.delete("root", "/v2/images/" + id).status())
                        .as(id)
                        .isIn(400, 404);
            }
            for (String id : List.of("\"../../x\"", "\"%s/\"".formatted("a".repeat(35)), "7", "null", "[]")) {
                assertThat(cloud.post("ann", "/v2/images", "{\"id\": %s}".formatted(id))
                                .status())
                        .isEqualTo(400);
            }
            assertThat(cloud.files()).isEmpty();
        }
    }

    @Test
    void a_patch_sets_nothing_that_the_service_itself_says() {
        try (ImageCloud cloud = ImageCloud.in(folder)) {
            String id = cloud.create("ann", "x", "raw");
            for (String name : List.of(
                    "status",
                    "checksum",
                    "size",
                    "id",
                    "os_hash_value",
                    "created_at",
                    "virtual_size",
                    "locations",
                    "location",
                    "deleted",
                    "os_glance_import_task",
                    "self",
                    "file",
                    "schema",
                    "direct_url")) {
                assertThat(cloud.patch("ann", id, patch("add", "/" + name, "\"x\""))
                                .status())
                        .as(name)
                        .isEqualTo(403);
                assertThat(cloud.patch("ann", id, patch("replace", "/" + name, "\"x\""))
                                .status())
                        .as(name)
                        .isEqualTo(403);
                assertThat(cloud.patch("ann", id, patch("remove", "/" + name, "0"))
                                .status())
                        .as(name)
                        .isEqualTo(403);
                if (!name.equals("id")) {
                    assertThat(cloud.post("ann", "/v2/images", "{\"%s\": \"x\"}".formatted(name))
                                    .status())
                            .as(name)
                            .isEqualTo(403);
                }
            }
            assertThat(cloud.patch("ann", id, patch("add", "/locations/-", "{\"url\": \"file:///etc/shadow\"}"))
                            .status())
                    .isEqualTo(403);
            assertThat(cloud.status("ann", id)).isEqualTo("queued");
        }
    }

    @Test
    void a_patch_that_is_none_changes_nothing() {
        try (ImageCloud cloud = ImageCloud.in(folder)) {
            String id = cloud.create("ann", "x", "raw");
            for (String bad : List.of(
                    "{}",
                    "[1]",
                    "[{}]",
                    "[{\"op\": \"add\", \"path\": \"/a\"}]",
                    "[{\"op\": \"move\", \"path\": \"/a\"}]",
                    patch("add", "a", "\"1\""),
                    patch("add", "/", "\"1\""),
                    patch("add", "/a/b", "\"1\""),
                    patch("add", "/a~2", "\"1\""),
                    patch("add", "/a", "1"),
                    patch("add", "/a", "{}"),
                    patch("add", "/a", "\"\\u0000\""),
                    patch("replace", "/name", "7"),
                    patch("replace", "/min_ram", "-1"),
                    patch("replace", "/min_ram", "2147483648"),
                    patch("replace", "/min_disk", "1.5"),
                    patch("replace", "/protected", "\"yes\""),
                    patch("replace", "/visibility", "\"secret\""),
                    patch("replace", "/disk_format", "\"exe\""),
                    patch("replace", "/tags", "\"x\""),
                    patch("replace", "/tags", "[\"" + "x".repeat(256) + "\"]"),
                    patch("replace", "/name", "\"" + "x".repeat(256) + "\""),
                    patch("add", "/" + "p".repeat(256), "\"1\""),
                    patch("replace", "/owner", "\"\""),
                    patch("add", "/a", "\"" + "x".repeat(65_536) + "\""))) {
                assertThat(cloud.patch("ann", id, bad).status()).as(bad).isEqualTo(400);
            }
            assertThat(cloud.patch("ann", id, patch("replace", "/nothing", "\"1\""))
                            .status())
                    .isEqualTo(409);
            assertThat(cloud.patch("ann", id, "[{\"op\": \"remove\", \"path\": \"/nothing\"}]")
                            .status())
                    .isEqualTo(409);
            assertThat(cloud.patch("ann", id, "[{\"op\": \"remove\", \"path\": \"/name\"}]")
                            .status())
                    .isEqualTo(403);
            String half =
                    "[{\"op\": \"add\", \"path\": \"/good\", \"value\": \"1\"}, {\"op\": \"remove\", \"path\": \"/id\"}]";
            assertThat(cloud.patch("ann", id, half).status()).isEqualTo(403);
            assertThat(cloud.show("ann", id).has("good")).isFalse();
            assertThat(cloud.send(
                                    "ann",
                                    "PATCH",
                                    "/v2/images/" + id,
                                    HttpRequest.BodyPublishers.ofString("[]"),
                                    "Content-Type",
                                    "application/json")
                            .status())
                    .isEqualTo(415);
        }
    }

    @Test
    void properties_tags_and_members_are_counted() {
        try (ImageCloud cloud = ImageCloud.in(folder)) {
            String many = IntStream.range(0, 129)
                    .mapToObj(i -> "\"p%d\": \"x\"".formatted(i))
                    .collect(Collectors.joining(","));
            assertThat(cloud.post("ann", "/v2/images", "{" + many + "}").status())
                    .isEqualTo(413);
            String tags =
                    IntStream.range(0, 129).mapToObj(i -> "\"t" + i + "\"").collect(Collectors.joining(","));
            assertThat(cloud.post("ann", "/v2/images", "{\"tags\": [" + tags + "]}")
                            .status())
                    .isEqualTo(413);
            String id = cloud.create("ann", "x", "raw");
            String large = "\"" + "x".repeat(40_000) + "\"";
            assertThat(cloud.patch("ann", id, patch("add", "/a", large)).status())
                    .isEqualTo(200);
            assertThat(cloud.patch("ann", id, patch("add", "/b", large)).status())
                    .isEqualTo(413);
            for (int i = 0; i < 128; i++) {
                cloud.post("ann", "/v2/images/" + id + "/members", "{\"member\": \"m%d\"}".formatted(i));
            }
            assertThat(cloud.post("ann", "/v2/images/" + id + "/members", "{\"member\": \"m\"}")
                            .status())
                    .isEqualTo(413);
        }
    }

    @Test
    void an_import_fetches_nothing_from_an_address_in_a_request() throws Exception {
        try (ImageCloud cloud = ImageCloud.in(folder);
                ServerSocket inside = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            inside.setSoTimeout(1);
            String id = cloud.create("ann", "x", "raw");
            String body = "{\"method\": {\"name\": \"web-download\", \"uri\": \"http://127.0.0.1:%d/\"}}"
                    .formatted(inside.getLocalPort());
            assertThat(cloud.post("ann", "/v2/images/" + id + "/import", body).status())
                    .isEqualTo(400);
            org.assertj.core.api.Assertions.assertThatThrownBy(inside::accept)
                    .isInstanceOf(java.net.SocketTimeoutException.class);
            assertThat(cloud.status("ann", id)).isEqualTo("queued");
        }
    }

    @Test
    void quotas_hold_and_what_they_refuse_leaves_nothing() {
        ImageOptions options =
                ImageOptions.in(folder.resolve("images")).withBytes(1000, 1500).withCounts(3, 2);
        try (ImageCloud cloud = ImageCloud.in(folder, options)) {
            String first = cloud.create("ann", "1", "raw");
            assertThat(cloud.upload("ann", first, new byte[1001]).status()).isEqualTo(413);
            assertThat(chunked(cloud, first, 1001)).isEqualTo(413);
            assertThat(cloud.status("ann", first)).isEqualTo("queued");
            assertThat(cloud.upload("ann", first, new byte[1000]).status()).isEqualTo(204);
            String second = cloud.create("ann", "2", "raw");
            assertThat(cloud.upload("ann", second, new byte[501]).status()).isEqualTo(413);
            assertThat(chunked(cloud, second, 501)).isEqualTo(413);
            assertThat(cloud.upload("ann", second, new byte[500]).status()).isEqualTo(204);
            cloud.create("ann", "3", "raw");
            assertThat(cloud.post("ann", "/v2/images", "{}").status()).isEqualTo(413);
            assertThat(cloud.files()).hasSize(2);
            assertThat(cloud.post("bob", "/v2/images", "{}").status()).isEqualTo(201);
        }
    }

    private static int chunked(ImageCloud cloud, String id, int length) {
        return cloud.send(
                        "ann",
                        "PUT",
                        "/v2/images/" + id + "/file",
                        HttpRequest.BodyPublishers.ofInputStream(
                                () -> new java.io.ByteArrayInputStream(new byte[length])),
                        "Content-Type",
                        "application/octet-stream")
                .status();
    }

    @Test
    void an_upload_that_breaks_off_leaves_nothing_and_can_be_sent_again() throws Exception {
        try (ImageCloud cloud = ImageCloud.in(folder)) {
            String id = cloud.create("ann", "x", "raw");
            try (Socket socket = new Socket("127.0.0.1", cloud.port())) {
                OutputStream out = socket.getOutputStream();
                out.write(("PUT /image/v2/images/" + id + "/file HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ann\r\n"
                                + "Content-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(new byte[600_000]);
                out.flush();
                await().atMost(10, TimeUnit.SECONDS)
                        .until(() -> cloud.status("ann", id).equals("saving"));
                assertThat(cloud.upload("ann", id, new byte[1]).status()).isEqualTo(409);
            }
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> cloud.status("ann", id).equals("queued"));
            await().atMost(10, TimeUnit.SECONDS).until(() -> cloud.files().isEmpty());
            assertThat(cloud.upload("ann", id, new byte[1]).status()).isEqualTo(204);
        }
    }

    @Test
    void what_a_killed_process_left_is_undone_at_the_next_start() throws Exception {
        String saving;
        String active;
        try (ImageCloud cloud = ImageCloud.in(folder)) {
            active = cloud.active("ann", "kept", new byte[7]);
            saving = cloud.create("ann", "x", "raw");
            String upload = UUID.randomUUID().toString();
            cloud.database()
                    .change(transaction -> transaction
                            .sql()
                            .update(ImageTables.IMAGES)
                            .set(ImageTables.STATUS, "saving")
                            .set(ImageTables.UPLOAD, upload)
                            .where(ImageTables.ID.eq(saving))
                            .execute());
            Files.write(folder.resolve("images").resolve(saving + "." + upload + ".part"), new byte[9]);
            Files.write(folder.resolve("images").resolve(UUID.randomUUID() + "." + upload), new byte[9]);
            Files.write(folder.resolve("images").resolve("notes.txt"), new byte[9]);
        }
        try (ImageCloud cloud = ImageCloud.in(folder)) {
            assertThat(cloud.status("ann", saving)).isEqualTo("queued");
            assertThat(cloud.get("ann", "/v2/images/" + active + "/file").bytes())
                    .hasSize(7);
            assertThat(cloud.files()).hasSize(2).contains("notes.txt");
        }
    }

    @Test
    void an_image_that_is_deleted_while_it_is_read_is_read_to_its_end() throws Exception {
        try (ImageCloud cloud = ImageCloud.in(folder)) {
            String id = cloud.active("ann", "x", new byte[8 << 20]);
            try (InputStream bytes = cloud.images().open(io.kilonova.access.Visibility.of(ImageCloud.ANNS), id)) {
                assertThat(bytes.read()).isZero();
                assertThat(cloud.delete("ann", "/v2/images/" + id).status()).isEqualTo(204);
                assertThat(cloud.files()).isEmpty();
                assertThat(bytes.readAllBytes()).hasSize((8 << 20) - 1);
            }
        }
    }

    @Test
    void a_full_disk_refuses_an_upload_and_loses_nothing() throws Exception {
        Path small = Files.createDirectories(folder.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString());
        try (ImageCloud cloud = ImageCloud.in(folder, ImageOptions.in(small))) {
            String kept = cloud.active("ann", "kept", new byte[1000]);
            String id = cloud.create("ann", "x", "raw");
            ImageCloud.Reply reply = cloud.upload("ann", id, new byte[3 << 20]);
            assertThat(reply.status()).isEqualTo(413);
            assertThat(reply.message()).contains("full");
            assertThat(cloud.status("ann", id)).isEqualTo("queued");
            assertThat(cloud.files()).hasSize(1);
            assertThat(cloud.upload("ann", id, new byte[1000]).status()).isEqualTo(204);
            assertThat(cloud.get("ann", "/v2/images/" + kept + "/file").bytes()).hasSize(1000);
        } finally {
            run("umount", small.toString());
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }
}
