package xyz.autonomys.farmer.devnode.chain;

import java.util.SplittableRandom;

/**
 * The bytes that make blocks large, so that history grows. They follow from the number of the block and are made again
 * when a stored block is read, which keeps a long chain small on disk.
 */
final class Filler {
    private Filler() {}

    /** The extrinsic with {@code bytes} of filler for a block, its length in front. */
    static byte[] extrinsic(long blockNumber, int bytes) {
        byte[] filler = new byte[bytes];
        new SplittableRandom(blockNumber).nextBytes(filler);
        return Extrinsics.opaque(filler);
    }
}
