package xyz.autonomys.farmer.cluster.data;

import xyz.autonomys.farmer.primitives.FixedBytes;

/** The identity of a cluster, chosen at random when the cluster is created; not a secret. 16 bytes. */
public final class ClusterId extends FixedBytes {
    /** Length in bytes. */
    public static final int SIZE = 16;

    private ClusterId(byte[] bytes) {
        super(bytes, SIZE);
    }

    /**
     * The value of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #SIZE} bytes
     */
    public static ClusterId of(byte... bytes) {
        return new ClusterId(bytes);
    }

    /** Parses 32 hex digits. */
    public static ClusterId fromHex(CharSequence hex) {
        return new ClusterId(parseHex("ClusterId", hex, SIZE));
    }
}
