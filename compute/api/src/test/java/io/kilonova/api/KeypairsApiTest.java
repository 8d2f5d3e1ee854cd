package io.kilonova.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Key pairs as clients work with them; what ssh-keygen says of a key is the judge. */
class KeypairsApiTest extends OnEachDatabase {
    private CatalogueCloud.Reply add(String who, String version, String name, String key) {
        return cloud.post(who, version, "/os-keypairs", """
                {"keypair": {"name": "%s", "public_key": "%s"}}""".formatted(name, key));
    }

    private String run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output;
        } catch (IOException exception) {
            throw new AssertionError(exception);
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new AssertionError(exception);
        }
    }

    /** A new key of a type; its public half. */
    private String keygen(String name, String... options) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                "ssh-keygen",
                "-q",
                "-N",
                "",
                "-C",
                "a remark",
                "-f",
                folder.resolve(name).toString()));
        command.addAll(List.of(options));
        run(command.toArray(String[]::new));
        return Files.readString(folder.resolve(name + ".pub")).strip();
    }

    private String fingerprint(Path key) {
        return run("ssh-keygen", "-l", "-E", "md5", "-f", key.toString())
                .split(" ")[1]
                .substring("MD5:".length());
    }

    @Test
    void a_key_of_each_type_is_kept_with_the_fingerprint_that_ssh_keygen_tells() throws IOException {
        String[][] kinds = {
            {"-t", "rsa", "-b", "2048"}, {"-t", "ed25519"}, {"-t", "ecdsa", "-b", "256"}, {"-t", "ecdsa", "-b", "521"}
        };
        for (int index = 0; index < kinds.length; index++) {
            String name = "key" + index;
            String line = keygen(name, kinds[index]);
            CatalogueCloud.Reply added = add("ann", "2.2", name, line);
            assertThat(added.status()).as(added.text()).isEqualTo(201);
            JsonNode keypair = added.json().path("keypair");
            assertThat(keypair.path("fingerprint").asString()).isEqualTo(fingerprint(folder.resolve(name + ".pub")));
            assertThat(keypair.path("public_key").asString()).isEqualTo(line);
            assertThat(keypair.has("private_key")).isFalse();
        }
    }

    @Test
    void a_generated_private_key_is_one_that_ssh_reads_and_is_told_once() throws IOException {
        CatalogueCloud.Reply made = cloud.post("ann", "2.2", "/os-keypairs", "{\"keypair\": {\"name\": \"new\"}}");
        JsonNode keypair = made.json().path("keypair");
        Path file = Files.createFile(
                folder.resolve("private"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, keypair.path("private_key").asString());
        String told = run("ssh-keygen", "-y", "-f", file.toString());
        assertThat(told.split(" ")[1].strip())
                .isEqualTo(keypair.path("public_key").asString().split(" ")[1]);
        assertThat(fingerprint(file)).isEqualTo(keypair.path("fingerprint").asString());
        String shown = cloud.get("ann", "2.2", "/os-keypairs/new").text();
        assertThat(shown).doesNotContain("private", "PRIVATE");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "test.db*")) {
            for (Path part : files) {
                assertThat(Files.readString(part, StandardCharsets.ISO_8859_1)).doesNotContain("PRIVATE KEY");
            }
        }
    }

    @Test
    void a_certificate_is_kept_and_making_one_is_refused_honestly() throws IOException {
        run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                "x.key",
                "-out",
                "x.pem",
                "-days",
                "2",
                "-subj",
                "/CN=ann");
        String pem = Files.readString(folder.resolve("x.pem")).replace("\n", "\\n");
        CatalogueCloud.Reply added = cloud.post("ann", "2.2", "/os-keypairs", """
                {"keypair": {"name": "x", "type": "x509", "public_key": "%s"}}""".formatted(pem));
        assertThat(added.status()).as(added.text()).isEqualTo(201);
        String told = run("openssl", "x509", "-in", "x.pem", "-noout", "-fingerprint", "-sha1");
        assertThat(added.json().path("keypair").path("fingerprint").asString())
                .isEqualToIgnoringCase(told.substring(told.indexOf('=') + 1).strip());
        assertThat(cloud.post("ann", "2.2", "/os-keypairs", "{\"keypair\": {\"name\": \"y\", \"type\": \"x509\"}}")
                        .status())
                .isEqualTo(501);
    }

    @Test
    void what_is_no_key_is_refused_and_nothing_is_kept() throws IOException {
        String line = keygen("good", "-t", "ed25519");
        String blob = line.split(" ")[1];
        for (String bad : List.of(
                "nonsense",
                "ssh-ed25519",
                "ssh-ed25519 !!!!",
                "ssh-rsa " + blob,
                "ssh-ed25519 " + blob.substring(0, 40),
                "ssh-ed25519 AAAA",
                "ssh-ed25519 " + blob + "AAAA",
                line + "\\n" + line,
                "no-pty " + line,
                "ssh-rsa AAAAB3NzaC1yc2F/////")) {
            CatalogueCloud.Reply reply = add("ann", "2.2", "bad", bad);
            assertThat(reply.status()).as(bad).isEqualTo(400);
            assertThat(reply.message()).isEqualTo("Keypair data is invalid: failed to generate fingerprint");
        }
        assertThat(cloud.get("ann", "2.2", "/os-keypairs")
                        .json()
                        .path("keypairs")
                        .size())
                .isZero();
    }

    @Test
    void statuses_and_fields_are_those_of_the_version() throws IOException {
        String line = keygen("key", "-t", "ed25519");
        CatalogueCloud.Reply old = add("ann", "2.1", "old", line);
        assertThat(old.status()).isEqualTo(200);
        assertThat(old.json().path("keypair").propertyNames())
                .containsExactlyInAnyOrder("name", "public_key", "fingerprint", "user_id");
        assertThat(cloud.get("ann", "2.104", "/os-keypairs/old")
                        .json()
                        .path("keypair")
                        .propertyNames())
                .containsExactlyInAnyOrder(
                        "name",
                        "type",
                        "public_key",
                        "fingerprint",
                        "user_id",
                        "deleted",
                        "created_at",
                        "updated_at",
                        "deleted_at",
                        "id");
        assertThat(add("ann", "2.2", "old", line).message()).isEqualTo("Key pair 'old' already exists.");
        assertThat(cloud.post("ann", "2.92", "/os-keypairs", "{\"keypair\": {\"name\": \"none\"}}")
                        .status())
                .isEqualTo(400);
        assertThat(add("ann", "2.91", "a@b.c", line).status()).isEqualTo(400);
        assertThat(add("ann", "2.92", "a@b.c", line).status()).isEqualTo(201);
        assertThat(cloud.remove("ann", "2.1", "/os-keypairs/old").status()).isEqualTo(202);
        assertThat(cloud.remove("ann", "2.2", "/os-keypairs/a@b.c").status()).isEqualTo(204);
        assertThat(cloud.remove("ann", "2.2", "/os-keypairs/old").message())
                .isEqualTo("Keypair old not found for user ann");
    }

    @Test
    void only_administrators_reach_key_pairs_of_others() throws IOException {
        add("ann", "2.2", "hers", keygen("key", "-t", "ed25519"));
        assertThat(cloud.get("bob", "2.10", "/os-keypairs/hers").status()).isEqualTo(404);
        assertThat(cloud.get("bob", "2.10", "/os-keypairs/hers?user_id=ann").status())
                .isEqualTo(403);
        assertThat(cloud.get("bob", "2.10", "/os-keypairs?user_id=ann").status())
                .isEqualTo(403);
        assertThat(cloud.remove("bob", "2.10", "/os-keypairs/hers?user_id=ann").status())
                .isEqualTo(403);
        assertThat(cloud.get("bob", "2.9", "/os-keypairs?user_id=ann")
                        .json()
                        .path("keypairs")
                        .size())
                .isZero();
        assertThat(cloud.get("root", "2.10", "/os-keypairs/hers?user_id=ann").status())
                .isEqualTo(200);
        assertThat(cloud.remove("root", "2.10", "/os-keypairs/hers?user_id=ann").status())
                .isEqualTo(204);
    }

    @Test
    void a_list_is_paged_by_name_from_2_35() throws IOException {
        String line = keygen("key", "-t", "ed25519");
        for (String name : List.of("c", "a", "b")) {
            add("ann", "2.2", name, line);
        }
        JsonNode page =
                cloud.get("ann", "2.35", "/os-keypairs?limit=1&marker=a").json();
        assertThat(page.path("keypairs").get(0).path("keypair").path("name").asString())
                .isEqualTo("b");
        assertThat(page.path("keypairs_links").get(0).path("href").asString())
                .endsWith("/os-keypairs?limit=1&marker=b");
        assertThat(cloud.get("ann", "2.34", "/os-keypairs?limit=1")
                        .json()
                        .path("keypairs")
                        .size())
                .isEqualTo(3);
        assertThat(cloud.get("ann", "2.35", "/os-keypairs?marker=x").status()).isEqualTo(400);
    }

    @Test
    void no_more_key_pairs_are_kept_than_the_quota_says() throws IOException {
        cloud.put("root", "2.1", "/os-quota-sets/" + CatalogueCloud.ANNS, "{\"quota_set\": {\"key_pairs\": 1}}");
        String line = keygen("key", "-t", "ed25519");
        assertThat(add("ann", "2.2", "a", line).status()).isEqualTo(201);
        CatalogueCloud.Reply second = add("ann", "2.2", "b", line);
        assertThat(second.status()).isEqualTo(403);
        assertThat(second.message()).isEqualTo("Quota exceeded, too many key pairs.");
    }
}
