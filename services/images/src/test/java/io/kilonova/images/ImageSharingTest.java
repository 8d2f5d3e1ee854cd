package io.kilonova.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.storage.EachDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who sees whose images, on both databases. */
class ImageSharingTest {
    private static final byte[] SECRET = "a secret".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private ImageCloud cloud(EachDatabase database) {
        return new ImageCloud(database.fresh(folder), ImageOptions.in(folder.resolve("images")));
    }

    private static String visible(String visibility) {
        return "\"visibility\": \"%s\"".formatted(visibility);
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void another_projects_private_image_does_not_exist(EachDatabase database) {
        try (ImageCloud cloud = cloud(database)) {
            String id = cloud.active("ann", "mine", SECRET, visible("private"));
            String path = "/v2/images/" + id;
            assertThat(cloud.get("bob", path).status()).isEqualTo(404);
            assertThat(cloud.get("bob", path + "/file").status()).isEqualTo(404);
            assertThat(cloud.upload("bob", id, SECRET).status()).isEqualTo(404);
            assertThat(cloud.put("bob", path + "/stage", SECRET).status()).isEqualTo(404);
            assertThat(cloud.post("bob", path + "/import", "{\"method\": {\"name\": \"glance-direct\"}}")
                            .status())
                    .isEqualTo(404);
            assertThat(cloud.patch("bob", id, "[{\"op\": \"add\", \"path\": \"/x\", \"value\": \"y\"}]")
                            .status())
                    .isEqualTo(404);
            assertThat(cloud.delete("bob", path).status()).isEqualTo(404);
            assertThat(cloud.put("bob", path + "/tags/x", "").status()).isEqualTo(404);
            assertThat(cloud.post("bob", path + "/actions/deactivate", "").status())
                    .isEqualTo(404);
            assertThat(cloud.get("bob", path + "/members").status()).isEqualTo(404);
            assertThat(cloud.get("bob", "/v2/images?visibility=all").names()).isEmpty();
            assertThat(cloud.get("bob", "/v2/images?visibility=private").names())
                    .isEmpty();
            assertThat(cloud.get("bob", "/v2/images?owner=" + ImageCloud.ANNS).names())
                    .isEmpty();
            assertThat(cloud.get("bob", "/v2/images?id=" + id).names()).isEmpty();
            assertThat(cloud.get("bob", "/v2/images?marker=" + id).status()).isEqualTo(400);
            assertThat(cloud.show("ann", id).path("name").asString()).isEqualTo("mine");
            assertThat(cloud.get("rita", path).status()).isEqualTo(200);
            assertThat(cloud.get("rita", path + "/file").status()).isEqualTo(403);
            assertThat(cloud.delete("rita", path).status()).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void what_is_seen_is_not_owned(EachDatabase database) {
        try (ImageCloud cloud = cloud(database)) {
            String id = cloud.active("root", "debian", SECRET, visible("public"));
            String path = "/v2/images/" + id;
            assertThat(cloud.get("bob", "/v2/images").names()).containsExactly("debian");
            assertThat(cloud.get("bob", path + "/file").bytes()).isEqualTo(SECRET);
            assertThat(cloud.patch("bob", id, "[{\"op\": \"replace\", \"path\": \"/name\", \"value\": \"x\"}]")
                            .status())
                    .isEqualTo(403);
            assertThat(cloud.delete("bob", path).status()).isEqualTo(403);
            assertThat(cloud.put("bob", path + "/tags/x", "").status()).isEqualTo(403);
            assertThat(cloud.post("bob", path + "/actions/deactivate", "").status())
                    .isEqualTo(403);
            assertThat(cloud.post("bob", path + "/members", "{\"member\": \"x\"}")
                            .status())
                    .isEqualTo(403);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void only_an_administrator_makes_an_image_public_or_gives_it_away(EachDatabase database) {
        try (ImageCloud cloud = cloud(database)) {
            assertThat(cloud.post("ann", "/v2/images", "{" + visible("public") + "}")
                            .status())
                    .isEqualTo(403);
            assertThat(cloud.post("ann", "/v2/images", "{\"owner\": \"" + ImageCloud.BOBS + "\"}")
                            .status())
                    .isEqualTo(403);
            assertThat(cloud.post("rita", "/v2/images", "{}").status()).isEqualTo(403);
            String id = cloud.active("ann", "mine", SECRET);
            String publish = "[{\"op\": \"replace\", \"path\": \"/visibility\", \"value\": \"public\"}]";
            String give = "[{\"op\": \"replace\", \"path\": \"/owner\", \"value\": \"%s\"}]".formatted(ImageCloud.BOBS);
            assertThat(cloud.patch("ann", id, publish).status()).isEqualTo(403);
            assertThat(cloud.patch("ann", id, give).status()).isEqualTo(403);
            assertThat(cloud.patch("root", id, publish).status()).isEqualTo(200);
            assertThat(cloud.patch("root", id, give).status()).isEqualTo(200);
            assertThat(cloud.images().usage(ImageCloud.ANNS)).isEqualTo(new UsageRows.Usage(0, 0));
            assertThat(cloud.images().usage(ImageCloud.BOBS)).isEqualTo(new UsageRows.Usage(1, SECRET.length));
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_shared_image_is_seen_by_its_members_and_listed_once_accepted(EachDatabase database) {
        try (ImageCloud cloud = cloud(database)) {
            String id = cloud.active("ann", "shared", SECRET);
            String members = "/v2/images/" + id + "/members";
            assertThat(cloud.get("bob", "/v2/images/" + id).status()).isEqualTo(404);
            ImageCloud.Reply added = cloud.post("ann", members, "{\"member\": \"%s\"}".formatted(ImageCloud.BOBS));
            assertThat(added.status()).isEqualTo(200);
            assertThat(added.json().path("status").asString()).isEqualTo("pending");
            assertThat(cloud.post("ann", members, "{\"member\": \"%s\"}".formatted(ImageCloud.BOBS))
                            .status())
                    .isEqualTo(409);
            cloud.post("ann", members, "{\"member\": \"%s\"}".formatted(ImageCloud.EVES));
            assertThat(cloud.get("bob", "/v2/images/" + id + "/file").bytes()).isEqualTo(SECRET);
            assertThat(cloud.get("bob", "/v2/images").names()).isEmpty();
            assertThat(cloud.get("bob", "/v2/images?member_status=pending&visibility=shared")
                            .names())
                    .containsExactly("shared");
            assertThat(cloud.get("bob", members).json().path("members").size()).isEqualTo(1);
            assertThat(cloud.get("bob", members + "/" + ImageCloud.EVES).status())
                    .isEqualTo(404);
            assertThat(cloud.get("ann", members).json().path("members").size()).isEqualTo(2);
            String accept = "{\"status\": \"accepted\"}";
            assertThat(cloud.put("ann", members + "/" + ImageCloud.BOBS, accept).status())
                    .isEqualTo(403);
            assertThat(cloud.put("bob", members + "/" + ImageCloud.EVES, accept).status())
                    .isEqualTo(403);
            assertThat(cloud.put("bob", members + "/" + ImageCloud.BOBS, "{\"status\": \"x\"}")
                            .status())
                    .isEqualTo(400);
            assertThat(cloud.put("bob", members + "/" + ImageCloud.BOBS, accept).status())
                    .isEqualTo(200);
            assertThat(cloud.get("bob", "/v2/images").names()).containsExactly("shared");
            assertThat(cloud.delete("bob", members + "/" + ImageCloud.BOBS).status())
                    .isEqualTo(403);
            assertThat(cloud.delete("ann", members + "/" + ImageCloud.BOBS).status())
                    .isEqualTo(204);
            assertThat(cloud.get("bob", "/v2/images/" + id).status()).isEqualTo(404);
            cloud.patch("ann", id, "[{\"op\": \"replace\", \"path\": \"/visibility\", \"value\": \"private\"}]");
            assertThat(cloud.get("eve", "/v2/images/" + id).status()).isEqualTo(404);
            assertThat(cloud.get("ann", members).status()).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @EnumSource(EachDatabase.class)
    void a_community_image_is_found_by_its_id_and_listed_on_request(EachDatabase database) {
        try (ImageCloud cloud = cloud(database)) {
            String id = cloud.active("ann", "community", SECRET, visible("community"));
            cloud.active("bob", "bobs", SECRET, visible("private"));
            assertThat(cloud.get("bob", "/v2/images/" + id + "/file").bytes()).isEqualTo(SECRET);
            assertThat(cloud.get("bob", "/v2/images").names()).containsExactly("bobs");
            assertThat(cloud.get("bob", "/v2/images?visibility=community").names())
                    .containsExactly("community");
            assertThat(cloud.get("bob", "/v2/images?visibility=all&sort=name:asc")
                            .names())
                    .isEqualTo(List.of("bobs", "community"));
            assertThat(cloud.get("ann", "/v2/images").names()).containsExactly("community");
            assertThat(cloud.get("root", "/v2/images?sort=size:desc,name:asc&limit=1")
                            .json()
                            .path("next")
                            .asString())
                    .contains("marker=");
        }
    }
}
