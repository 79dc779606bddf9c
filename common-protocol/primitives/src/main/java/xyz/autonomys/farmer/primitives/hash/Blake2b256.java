package xyz.autonomys.farmer.primitives.hash;

import org.bouncycastle.crypto.digests.Blake2bDigest;

/** BLAKE2b, the hash of block headers and votes (32 bytes) and of SS58 checksums (64 bytes). */
public final class Blake2b256 {
    private Blake2b256() {}

    /** The 32-byte BLAKE2b hash of the concatenation of {@code parts}. */
    public static byte[] hash(byte[]... parts) {
        return hash(32, parts);
    }

    /** The 64-byte BLAKE2b hash of the concatenation of {@code parts}. */
    public static byte[] hash512(byte[]... parts) {
        return hash(64, parts);
    }

    private static byte[] hash(int length, byte[]... parts) {
        Blake2bDigest digest = new Blake2bDigest(8 * length);
        for (byte[] part : parts) {
            digest.update(part, 0, part.length);
        }
        byte[] out = new byte[length];
        digest.doFinal(out, 0);
        return out;
    }
}
