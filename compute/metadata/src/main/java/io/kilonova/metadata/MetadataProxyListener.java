package io.kilonova.metadata;

import io.kilonova.configuration.Secret;
import io.kilonova.metadata.MetadataAnswers.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Metadata for guests behind somebody else's proxy, as Neutron's metadata agent speaks to Nova at port 8775. The proxy knows
 * which guest asks and vouches for it in headers: {@code X-Instance-ID}, {@code X-Tenant-ID}, and
 * {@code X-Instance-ID-Signature}, the HMAC-SHA256 of the first in hexadecimal digits, by a secret that both sides have.
 * Who does not have the secret reads nothing, and who asks from inside a guest never gets here.
 */
public final class MetadataProxyListener implements AutoCloseable {
    private static final String SERVER = "X-Instance-ID";
    private static final String PROJECT = "X-Tenant-ID";
    private static final String SIGNATURE = "X-Instance-ID-Signature";
    private static final String ALGORITHM = "HmacSHA256";

    private final GuestAnswers answers;
    private final SecretKeySpec key;
    private final Server server;
    private final ServerConnector connector;

    /**
     * A listener that is not open yet.
     *
     * @param answers who knows the answers
     * @param secret shared with the proxy, where it is called {@code metadata_proxy_shared_secret}
     * @param host the address to listen at
     * @param port TCP; 0 takes a free one
     */
    public MetadataProxyListener(GuestAnswers answers, Secret secret, String host, int port) {
        this.answers = answers;
        this.key = new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM);
        this.server = MetadataHttp.server("metadata-proxy", this::answer);
        this.connector = new ServerConnector(server, 0, 1, MetadataHttp.connections());
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(MetadataHttp.IDLE.toMillis());
        server.addConnector(connector);
    }

    /**
     * Begins to listen.
     *
     * @throws UncheckedIOException when the address cannot be had
     */
    public void open() {
        try {
            server.start();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        } catch (Exception failure) {
            throw new IllegalStateException("the metadata listener did not start", failure);
        }
    }

    /** The port that was really taken. */
    public int port() {
        return connector.getLocalPort();
    }

    private Answer answer(Request request, String path) {
        for (String header : List.of(SERVER, PROJECT, SIGNATURE)) {
            if (request.getHeaders().getValuesList(header).size() != 1) {
                return GuestAnswers.refusal(MetadataError.PROXY_HEADER_MISSING, header);
            }
        }
        String id = request.getHeaders().get(SERVER);
        if (!sign(id).equals(Secret.of(request.getHeaders().get(SIGNATURE)))) {
            return GuestAnswers.refusal(MetadataError.PROXY_SIGNATURE_WRONG);
        }
        return answers.answerOf(id, request.getHeaders().get(PROJECT), path);
    }

    /** A secret too: it is compared in a time that tells nothing. */
    private Secret sign(String id) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Secret.of(HexFormat.of().formatHex(mac.doFinal(id.getBytes(StandardCharsets.UTF_8))));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("each Java has " + ALGORITHM, impossible);
        }
    }

    /** Ends, when the answers under way are written or after two seconds. */
    @Override
    public void close() {
        MetadataHttp.stop(server);
    }
}
