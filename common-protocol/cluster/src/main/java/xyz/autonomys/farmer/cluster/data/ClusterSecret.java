package xyz.autonomys.farmer.cluster.data;

import java.security.MessageDigest;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * The key by which members of a cluster know each other on the data plane. 32 bytes. It never shows itself in text, so
 * that it cannot end in a log.
 */
public final class ClusterSecret {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private final byte[] key;
    private ClusterTls tls;

    private ClusterSecret(byte[] key) {
        this.key = key;
    }

    /**
     * The secret of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static ClusterSecret of(byte... key) {
        if (key.length != SIZE) {
            throw new IllegalArgumentException("a cluster secret takes " + SIZE + " bytes, got " + key.length);
        }
        return new ClusterSecret(key.clone());
    }

    /** A fresh copy of the bytes, for the one place that stores the secret. */
    public byte[] toBytes() {
        return key.clone();
    }

    /** The TLS that this secret makes; made when it is first needed. */
    synchronized ClusterTls tls() {
        if (tls == null) {
            tls = ClusterTls.of(this);
        }
        return tls;
    }

    Blake3Hash authenticate(byte[]... parts) {
        return Blake3.keyedHash(key, parts);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClusterSecret that && MessageDigest.isEqual(key, that.key);
    }

    @Override
    public int hashCode() {
        return ClusterSecret.class.hashCode();
    }

    @Override
    public String toString() {
        return "ClusterSecret(hidden)";
    }
}
