package io.kilonova.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.kilonova.configuration.Secret;
import io.kilonova.servers.Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The listener, called as Neutron's metadata agent calls it, and as somebody who would like to be it. */
class MetadataProxyListenerTest {
    /** By {@code printf %s 1b4e28ba-2fa1-11d2-883f-0016d3cca427 | openssl dgst -sha256 -hmac "a shared secret"}. */
    private static final String SIGNATURE = "9c178fce9876874dd26a70573cd72263d5ec001e73be4960ff4b8c0068b8d2b5";

    private static final String PATH = "/openstack/latest/meta_data.json";

    private final Map<String, Server> servers = Map.of(Servers.ID, new Servers().made());
    private final MetadataProxyListener listener = new MetadataProxyListener(
            new GuestAnswers(
                    new Guests(new AddressBook(), id -> Optional.ofNullable(servers.get(id)), System::nanoTime), ""),
            Secret.of("a shared secret"),
            "127.0.0.1",
            0);
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void open() {
        listener.open();
    }

    @AfterEach
    void close() {
        client.close();
        listener.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + path));
        for (int index = 0; index < headers.length; index += 2) {
            request.header(headers[index], headers[index + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> ask(String server, String project, String signature) throws Exception {
        return get(PATH, "X-Instance-ID", server, "X-Tenant-ID", project, "X-Instance-ID-Signature", signature);
    }

    @Test
    void a_proxy_that_has_the_secret_reads_what_its_guest_asks_for() throws Exception {
        HttpResponse<String> answer = ask(Servers.ID, Servers.PROJECT, SIGNATURE);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"uuid\":\"" + Servers.ID + "\"");
    }

    @Test
    void a_signature_of_another_secret_or_of_another_server_reads_nothing() throws Exception {
        String flipped = (SIGNATURE.charAt(0) == '0' ? '1' : '0') + SIGNATURE.substring(1);
        for (String forged : new String[] {flipped, SIGNATURE.substring(1), "00", SIGNATURE + "0"}) {
            assertThat(ask(Servers.ID, Servers.PROJECT, forged).statusCode())
                    .as(forged)
                    .isEqualTo(403);
        }
        assertThat(ask("7d1f2f4e-0000-4000-8000-000000000001", Servers.PROJECT, SIGNATURE)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void a_server_of_another_project_is_not_there() throws Exception {
        HttpResponse<String> answer = ask(Servers.ID, "ffffffffffffffffffffffffffffffff", SIGNATURE);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).doesNotContain(Servers.ID);
    }

    @Test
    void each_header_has_to_be_there_once() throws Exception {
        HttpResponse<String> unsigned = get(PATH, "X-Instance-ID", Servers.ID, "X-Tenant-ID", Servers.PROJECT);
        assertThat(unsigned.statusCode()).isEqualTo(400);
        assertThat(unsigned.body()).contains("X-Instance-ID-Signature");
        assertThat(get(PATH).statusCode()).isEqualTo(400);
        HttpResponse<String> twice = get(
                PATH,
                "X-Instance-ID",
                Servers.ID,
                "X-Instance-ID",
                "7d1f2f4e-0000-4000-8000-000000000001",
                "X-Tenant-ID",
                Servers.PROJECT,
                "X-Instance-ID-Signature",
                SIGNATURE);
        assertThat(twice.statusCode()).isEqualTo(400);
    }
}
