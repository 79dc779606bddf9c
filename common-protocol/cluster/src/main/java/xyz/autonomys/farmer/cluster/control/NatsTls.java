package xyz.autonomys.farmer.cluster.control;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * Certificates for the connection with NATS, all files in PEM form.
 *
 * @param authority certificates that the servers' certificates must go back to; without it, those the system trusts
 * @param certificate this client's certificate, if the servers want one
 * @param key its private key in PKCS #8 form, given together with the certificate
 */
public record NatsTls(Optional<Path> authority, Optional<Path> certificate, Optional<Path> key) {
    /** A certificate needs its key and the other way round. */
    public NatsTls {
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(
                    "a client certificate for NATS needs its key; give both --nats-tls-cert and --nats-tls-key");
        }
    }

    /**
     * What these files say.
     *
     * @throws ControlException naming the files if one cannot be read
     */
    SSLContext open() throws ControlException {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
            authority.map(Path::toFile).ifPresent(builder::trustManager);
            File client = certificate.map(Path::toFile).orElse(null);
            if (client != null) {
                builder.keyManager(client, key.orElseThrow().toFile());
            }
            return ((JdkSslContext) builder.build()).context();
        } catch (SSLException | IllegalArgumentException e) {
            throw new ControlException(
                    "the certificates for NATS cannot be used: " + this + "; each file must be PEM, the key PKCS #8",
                    e);
        }
    }

    @Override
    public String toString() {
        return "CA " + authority.map(Path::toString).orElse("of the system")
                + certificate
                        .map(file -> ", certificate " + file + ", key " + key.orElseThrow())
                        .orElse("");
    }
}
