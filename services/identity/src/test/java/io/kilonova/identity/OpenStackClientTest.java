package io.kilonova.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unmodified {@code openstack} client works against the service. All commands run in one of its processes. */
class OpenStackClientTest {
    @TempDir
    Path folder;

    @Test
    void the_openstack_client_works_unmodified() throws IOException, InterruptedException {
        try (TestCloud cloud = TestCloud.withRealClock(folder)) {
            String output = run(
                    cloud,
                    "token issue -f value -c project_id",
                    "project create --description hello --tag red demo -f value -c name",
                    "user create --project demo --password sesame --email a@example.org ann -f value -c email",
                    "role add --user ann --project demo member",
                    "role assignment list --user ann --project demo --names --effective -f value -c Role",
                    "group create team -f value -c name",
                    "group add user team ann",
                    "group contains user team ann",
                    "domain create acme -f value -c name",
                    "service create --name swift object-store -f value -c type",
                    "endpoint create --region North object-store public http://127.0.0.1:9/$(project_id)s -f value -c url",
                    "catalog list -f value -c Name",
                    "role list -f value -c Name",
                    "implied role list -f value",
                    "application credential create ci --role reader -f value -c roles",
                    "ec2 credentials create -f value -c project_id",
                    "credential create --type cert admin blob -f value -c type",
                    "user set --disable ann",
                    "user show ann -f value -c enabled",
                    "project list --long -f value -c Name -c Description",
                    "project delete demo",
                    "user delete ann",
                    "token revoke " + cloud.admin(),
                    "user show nobody");
            assertThat(output)
                    .contains("hello", "a@example.org", "\nmember\nreader\n", "ann in group team")
                    .contains("acme", "object-store", "http://127.0.0.1:9/$(project_id)s", "False")
                    .contains("No user with a name or ID of 'nobody' exists.")
                    .doesNotContain("Traceback", "HTTP 4", "HTTP 5", "Internal Server");
        }
    }

    private String run(TestCloud cloud, String... commands) throws IOException, InterruptedException {
        Path log = folder.resolve("client.log");
        ProcessBuilder builder = new ProcessBuilder(List.of("openstack"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "OS_AUTH_URL", cloud.url(),
                        "OS_USERNAME", "admin",
                        "OS_PASSWORD", TestCloud.PASSWORD,
                        "OS_PROJECT_NAME", "admin",
                        "OS_USER_DOMAIN_ID", "default",
                        "OS_PROJECT_DOMAIN_NAME", "Default",
                        "OS_IDENTITY_API_VERSION", "3",
                        "HOME", folder.toString()));
        Process process = builder.start();
        process.getOutputStream()
                .write(String.join("\n", commands).concat("\nquit\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return Files.readString(log);
    }
}
