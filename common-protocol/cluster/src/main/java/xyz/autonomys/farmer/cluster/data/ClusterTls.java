package xyz.autonomys.farmer.cluster.data;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS 1.3 between members of a cluster, without any authority: the key pair of all members (Ed25519) is derived from the
 * cluster secret, each shows a self-signed certificate of it, and accepts no other key. Who does not know the secret can
 * neither pose as a member nor read along; since each connection has keys of its own, knowing the secret later does not
 * reveal what was sent before.
 */
final class ClusterTls {
    private static final String PROTOCOL = "TLSv1.3";
    private static final String[] CIPHERS = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"};
    private static final byte[] LABEL = "autonomys-farmer data plane, TLS key".getBytes(StandardCharsets.US_ASCII);
    private static final char[] NO_PASSWORD = new char[0];

    private final SSLContext context;

    private ClusterTls(SSLContext context) {
        this.context = context;
    }

    /** The TLS of the cluster with this secret. */
    static ClusterTls of(ClusterSecret secret) {
        try {
            KeyPair pair = keyPair(secret);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("member", pair.getPrivate(), NO_PASSWORD, new Certificate[] {certificate(pair)});
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance(PROTOCOL);
            context.init(
                    managers.getKeyManagers(), new TrustManager[] {new OneKey(pair.getPublic())}, new SecureRandom());
            return new ClusterTls(context);
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new IllegalStateException("this Java has no TLS 1.3 with Ed25519; run a JDK 25", e);
        }
    }

    /** One side of a connection. */
    SSLEngine engine(boolean client) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setEnabledProtocols(new String[] {PROTOCOL});
        engine.setEnabledCipherSuites(CIPHERS);
        if (!client) {
            engine.setNeedClientAuth(true);
        }
        return engine;
    }

    private static KeyPair keyPair(ClusterSecret secret) throws GeneralSecurityException {
        byte[] seed = secret.authenticate(LABEL).toBytes();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(java.security.spec.NamedParameterSpec.ED25519, new Fixed(seed));
        return generator.generateKeyPair();
    }

    /** Gives the same bytes each time: Ed25519 draws its private key as 32 random bytes (RFC 8032, section 5.1.5). */
    private static final class Fixed extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        Fixed(byte[] bytes) {
            super(null, null);
            this.bytes = bytes;
        }

        @Override
        public void nextBytes(byte[] target) {
            if (target.length != bytes.length) {
                throw new IllegalStateException("Ed25519 takes " + target.length + " random bytes");
            }
            System.arraycopy(bytes, 0, target, 0, bytes.length);
        }
    }

    /** A certificate of the key, signed with it (X.509 v3, RFC 5280): nothing in it but the key matters. */
    private static X509Certificate certificate(KeyPair pair) throws GeneralSecurityException {
        byte[] algorithm = der(0x30, der(0x06, new byte[] {0x2b, 0x65, 0x70}));
        byte[] commonName = der(
                0x30,
                der(0x06, new byte[] {0x55, 0x04, 0x03}),
                der(0x0c, "autonomys-farmer".getBytes(StandardCharsets.US_ASCII)));
        byte[] name = der(0x30, der(0x31, commonName));
        byte[] validity = der(0x30, time("20200101000000Z"), time("99991231235959Z"));
        byte[] body = der(
                0x30,
                der(0xa0, der(0x02, new byte[] {2})),
                der(0x02, BigInteger.ONE.toByteArray()),
                algorithm,
                name,
                validity,
                name,
                pair.getPublic().getEncoded());
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update(body);
        byte[] signature = signer.sign();
        byte[] bits = new byte[signature.length + 1];
        System.arraycopy(signature, 0, bits, 1, signature.length);
        byte[] whole = der(0x30, body, algorithm, der(0x03, bits));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
    }

    private static byte[] time(String text) {
        return der(0x18, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A DER value of this tag around these parts, at most 65535 bytes. */
    private static byte[] der(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length >= 256) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length >= 128) {
            out.write(0x81);
        }
        out.write(length);
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** Accepts certificates of one key. That the other side has its private half is what TLS itself checks. */
    private static final class OneKey extends X509ExtendedTrustManager {
        private final PublicKey key;

        OneKey(PublicKey key) {
            this.key = key;
        }

        private void check(X509Certificate... chain) throws CertificateException {
            if (chain.length != 1 || !chain[0].getPublicKey().equals(key)) {
                throw new CertificateException("the other side does not have the cluster's key");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
