package io.kilonova.node;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** TLS 1.3 where both sides prove themselves by certificates of the cloud's own authority. */
final class MutualTls {
    private static final String ALIAS = "own";

    private MutualTls() {}

    /**
     * The context of who proves itself by {@code own} and takes peers of its authority that {@code check} takes. A credential
     * that was renewed is used from the next handshake on.
     */
    static SSLContext context(Supplier<Credential> own, PeerCheck check) {
        return context(
                new KeyManager[] {new OwnKey(own)}, PeerTrust.of(own.get().authority(), check));
    }

    /** The context of who has no certificate yet, and knows the authority by its fingerprint. */
    static SSLContext ofStranger(String fingerprint) {
        return context(new KeyManager[0], PeerTrust.ofFingerprint(fingerprint));
    }

    private static SSLContext context(KeyManager[] keys, PeerTrust trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    /** The one key that there is, with the certificate that it has now; the authority's goes along for strangers. */
    private static final class OwnKey extends X509ExtendedKeyManager {
        private final Supplier<Credential> own;

        OwnKey(Supplier<Credential> own) {
            this.own = own;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseEngineClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            Credential present = own.get();
            return new X509Certificate[] {present.certificate(), present.authority()};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return own.get().key();
        }
    }
}
