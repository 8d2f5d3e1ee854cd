package io.kilonova.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** EC2 keys, and tokens for requests signed with them. The signatures are computed here by AWS's own description. */
class Ec2Test {
    @TempDir
    Path folder;

    private TestCloud cloud;
    private TestCloud.Member ann;
    private String service;
    private String access;
    private String secret;

    @BeforeEach
    void open() {
        cloud = TestCloud.in(folder);
        ann = cloud.member("ann", "demo", "member");
        service = cloud.member("ec2", "service", "service").token();
        TestCloud.Answer key = cloud.post(
                "/users/%s/credentials/OS-EC2".formatted(ann.user()),
                ann.token(),
                "{\"tenant_id\": \"%s\"}".formatted(ann.project()));
        assertThat(key.status()).isEqualTo(201);
        access = key.at("/credential/access");
        secret = key.at("/credential/secret");
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    @Test
    void a_request_signed_by_version_2_gives_its_owners_token() throws Exception {
        TestCloud.Answer answer =
                exchange(service, version2(secret, cloud.clock().instant()));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/token/user/name")).isEqualTo("ann");
        assertThat(answer.at("/token/project/id")).isEqualTo(ann.project());
        assertThat(answer.at("/token/methods/0")).isEqualTo("ec2credential");
        assertThat(cloud.identity().authenticate(answer.header("X-Subject-Token")))
                .isPresent();
    }

    @Test
    void a_request_signed_by_version_4_gives_its_owners_token() throws Exception {
        assertThat(exchange(service, version4(secret, "20260101")).status()).isEqualTo(401);
        assertThat(exchange(service, version4("wrong", today())).status()).isEqualTo(401);
        assertThat(exchange(service, version4(secret, today())).status()).isEqualTo(200);
    }

    @Test
    void a_wrong_old_or_unknown_signature_is_refused() throws Exception {
        Instant now = cloud.clock().instant();
        assertThat(exchange(service, version2("wrong", now)).status()).isEqualTo(401);
        assertThat(exchange(service, version2(secret, now.minus(Duration.ofHours(1))))
                        .status())
                .isEqualTo(401);
        assertThat(exchange(service, version2(secret, now).replace(access, "unknown"))
                        .status())
                .isEqualTo(401);
        assertThat(exchange(service, "{\"access\": \"%s\", \"signature\": \"\"}".formatted(access))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void only_a_service_may_exchange_signatures() throws Exception {
        String signed = version2(secret, cloud.clock().instant());
        assertThat(exchange("", signed).status()).isEqualTo(401);
        assertThat(exchange(ann.token(), signed).status()).isEqualTo(403);
    }

    @Test
    void a_key_whose_access_key_is_changed_is_found_by_the_new_one() throws Exception {
        String id = cloud.get("/credentials", ann.token()).at("/credentials/0/id");
        String blob = "{\\\"access\\\": \\\"renamed\\\", \\\"secret\\\": \\\"%s\\\"}".formatted(secret);
        TestCloud.Answer changed = cloud.send(
                "PATCH", "/v3/credentials/" + id, ann.token(), "{\"credential\": {\"blob\": \"%s\"}}".formatted(blob));
        assertThat(changed.at("/credential/id")).isEqualTo(id);
        assertThat(cloud.identity().accessKey(access)).isEmpty();
        assertThat(cloud.identity().accessKey("renamed")).isPresent();
        String path = "/users/%s/credentials/OS-EC2/renamed".formatted(ann.user());
        assertThat(cloud.delete(path, ann.token()).status()).isEqualTo(204);
        assertThat(cloud.get("/credentials/" + id, cloud.admin()).status()).isEqualTo(404);
    }

    @Test
    void a_key_is_shown_to_its_owner_and_ends_when_it_is_removed() throws Exception {
        String path = "/users/%s/credentials/OS-EC2".formatted(ann.user());
        assertThat(cloud.get(path, ann.token()).body().path("credentials")).hasSize(1);
        assertThat(cloud.get(path + "/" + access, ann.token()).at("/credential/secret"))
                .isEqualTo(secret);
        TestCloud.Member bob = cloud.member("bob", "other", "member");
        assertThat(cloud.get(path + "/" + access, bob.token()).status()).isEqualTo(403);
        assertThat(cloud.get("/users/%s/credentials/OS-EC2/%s".formatted(bob.user(), access), bob.token())
                        .status())
                .isEqualTo(404);
        assertThat(cloud.identity().accessKey(access).orElseThrow().caller().userName())
                .isEqualTo("ann");
        assertThat(cloud.delete(path + "/" + access, ann.token()).status()).isEqualTo(204);
        assertThat(exchange(service, version2(secret, cloud.clock().instant())).status())
                .isEqualTo(401);
        assertThat(cloud.identity().accessKey(access)).isEmpty();
    }

    private TestCloud.Answer exchange(String token, String credentials) {
        return cloud.post("/ec2tokens", token, "{\"credentials\": %s}".formatted(credentials));
    }

    private String today() {
        return cloud.clock().instant().toString().substring(0, 10).replace("-", "");
    }

    private String version2(String key, Instant time) throws Exception {
        String timestamp = time.truncatedTo(ChronoUnit.SECONDS).toString();
        String query =
                "AWSAccessKeyId=%s&Action=DescribeInstances&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=%s"
                        .formatted(access, timestamp.replace(":", "%3A"));
        String signature = Base64.getEncoder()
                .encodeToString(mac(key.getBytes(StandardCharsets.UTF_8), "GET\nec2.example:8773\n/\n" + query));
        return """
                {"access": "%s", "signature": "%s", "host": "ec2.example:8773", "verb": "GET", "path": "/", "params":
                  {"AWSAccessKeyId": "%s", "Action": "DescribeInstances", "SignatureMethod": "HmacSHA256",
                   "SignatureVersion": "2", "Timestamp": "%s"}}""".formatted(access, signature, access, timestamp);
    }

    private String version4(String key, String day) throws Exception {
        String date = cloud.clock()
                .instant()
                .truncatedTo(ChronoUnit.SECONDS)
                .toString()
                .replaceAll("[-:]", "");
        String body = HexFormat.of().formatHex(Ids.digest("Action=DescribeInstances".getBytes(StandardCharsets.UTF_8)));
        String canonical =
                "POST\n/\n\nhost:ec2.example:8773\nx-amz-date:%s\n\nhost;x-amz-date\n%s".formatted(date, body);
        String scope = day + "/RegionOne/ec2/aws4_request";
        String text = "AWS4-HMAC-SHA256\n%s\n%s\n%s".formatted(date, scope, Ids.hexDigest(canonical));
        byte[] derived = ("AWS4" + key).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            derived = mac(derived, part);
        }
        String signature = HexFormat.of().formatHex(mac(derived, text));
        return """
                {"access": "%s", "signature": "%s", "host": "ec2.example:8773", "verb": "POST", "path": "/", "params": {},
                 "body_hash": "%s", "headers": {"Host": "ec2.example:8773", "X-Amz-Date": "%s", "Authorization":
                 "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=host;x-amz-date, Signature=%s"}}""".formatted(access, signature, body, date, access, scope, signature);
    }

    private static byte[] mac(byte[] key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
