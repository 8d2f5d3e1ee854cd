package io.kilonova.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A node of which there is nothing but its key, its certificate and its heartbeat. */
final class BeatingNode {
    /** Where the node of a label is, in SQL. */
    static final String ADDRESS_OF_LABEL = "'127.0.0.1:' || (40000 + substring(label FROM 6)::int)";

    private static final char[] NO_PASSWORD = {};

    private final int gate;
    private final KeyManager[] keys;
    private final byte[] beat;
    private final byte[] report;
    private Optional<Connection> connection = Optional.empty();

    private BeatingNode(int gate, KeyManager[] keys, byte[] beat, byte[] report) {
        this.gate = gate;
        this.keys = keys;
        this.beat = beat;
        this.report = report;
    }

    /** Enrols the node of this number at the controller's port {@code gate}. */
    static BeatingNode enrol(int gate, int number) throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        byte[] encoded = key.getPublic().getEncoded();
        String address = "127.0.0.1:" + (40_000 + number);
        String enrolment =
                "{\"tokenSecret\": \"secret-%d\", \"publicKey\": \"%s\", \"label\": \"node-%d\", \"address\": \"%s\"}"
                        .formatted(number, Base64.getEncoder().encodeToString(encoded), number, address);
        List<Certificate> chain = new ArrayList<>();
        try (Connection stranger = new Connection(socket(gate, new KeyManager[0]))) {
            Connection.Answer answer = stranger.exchange(request("/v1/enrol", enrolment));
            for (String part : List.of("certificate", "authority")) {
                String text = Account.first(answer.body(), "\"%s\": ?\"([^\"]*)\"".formatted(part));
                chain.add(CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(
                                text.replace("\\n", "\n").getBytes(StandardCharsets.US_ASCII))));
            }
        }
        String id =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encoded));
        String beat = "{\"node\": \"%s\", \"label\": \"node-%d\", \"address\": \"%s\"}".formatted(id, number, address);
        String report = """
                {"node": "%s", "inventory": {"hypervisorType": "fake", "hypervisorVersion": 1, "hypervisorHostname": "node-%d",
                 "hostAddress": "127.0.0.1", "virtualCpus": 64, "memoryMebibytes": 262144, "diskGibibytes": 2048,
                 "cpuInformation": "{}", "traits": []}}""".formatted(id, number);
        return new BeatingNode(
                gate, keyManagers(key, chain), request("/v1/heartbeat", beat), request("/v1/report", report));
    }

    /** Says what it has, after which it is a host of the cloud; that nobody answers for its guests is told back, and all right. */
    void report() throws IOException, GeneralSecurityException {
        say(report, Set.of(200, 503));
    }

    /** Says that it lives, on a new connection when the last one is gone; an answer other than 200 is an IOException. */
    void beat() throws IOException, GeneralSecurityException {
        say(beat, Set.of(200));
    }

    private void say(byte[] message, Set<Integer> expected) throws IOException, GeneralSecurityException {
        if (connection.isPresent()) {
            try {
                say(message, expected, connection.get());
                return;
            } catch (IOException closed) {
                connection.get().close();
            }
        }
        Connection fresh = new Connection(socket(gate, keys));
        say(message, expected, fresh);
        connection = Optional.of(fresh);
    }

    private static void say(byte[] message, Set<Integer> expected, Connection over) throws IOException {
        Connection.Answer answer = over.exchange(message);
        if (!expected.contains(answer.status())) {
            throw new IOException("%d: %s".formatted(answer.status(), answer.body()));
        }
    }

    private static byte[] request(String path, String body) {
        return ("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nKilonova-Protocol: 1\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(path, body.length(), body))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static KeyManager[] keyManagers(KeyPair key, List<Certificate> chain)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry("own", key.getPrivate(), NO_PASSWORD, chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static Socket socket(int gate, KeyManager[] keys) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys, new TrustManager[] {new Trusting()}, null);
        return context.getSocketFactory().createSocket("127.0.0.1", gate);
    }

    /** It measures, and proves nothing. */
    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
