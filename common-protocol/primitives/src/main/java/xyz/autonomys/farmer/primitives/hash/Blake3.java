package xyz.autonomys.farmer.primitives.hash;

import org.bouncycastle.crypto.digests.Blake3Digest;
import org.bouncycastle.crypto.params.Blake3Parameters;
import xyz.autonomys.farmer.primitives.Blake3Hash;

/** BLAKE3 with 32 bytes of output: plain and keyed. */
public final class Blake3 {
    private Blake3() {}

    /** The hash of the concatenation of {@code parts}. */
    public static Blake3Hash hash(byte[]... parts) {
        return finish(new Blake3Digest(), parts);
    }

    /**
     * The keyed hash of the concatenation of {@code parts}.
     *
     * @param key 32 bytes
     */
    public static Blake3Hash keyedHash(byte[] key, byte[]... parts) {
        Blake3Digest digest = new Blake3Digest();
        digest.init(Blake3Parameters.key(key));
        return finish(digest, parts);
    }

    private static Blake3Hash finish(Blake3Digest digest, byte[]... parts) {
        for (byte[] part : parts) {
            digest.update(part, 0, part.length);
        }
        byte[] out = new byte[Blake3Hash.SIZE];
        digest.doFinal(out, 0);
        return Blake3Hash.of(out);
    }
}
