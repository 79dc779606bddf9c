package xyz.autonomys.farmer.pos;

import java.util.Arrays;
import java.util.Optional;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PosSeed;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;

/**
 * A stand-in for development and tests that has proofs at once: with q the BLAKE3 hash of the challenge index (u32,
 * little-endian), the proof is seed ‖ q ‖ q ‖ q ‖ q, and there is none if q as a 256-bit little-endian number is divisible
 * by three. Never used on a real network.
 *
 * <p>Source: autonomys/subspace, crates/subspace-proof-of-space/src/shim.rs.
 */
public final class ShimTableBuilder implements PosTableBuilder {
    /** A builder; all are alike. */
    public ShimTableBuilder() {}

    @Override
    public PosTable build(PosSeed seed) {
        return new ShimTable(seed);
    }

    @Override
    public long bytesPerBuilder() {
        return 0;
    }

    @Override
    public void close() {}

    /**
     * Whether {@code proof} is the shim proof of this seed and challenge index.
     *
     * @param challengeIndex any 32-bit value
     */
    public static boolean isValid(PosSeed seed, int challengeIndex, PosProof proof) {
        return proofOf(seed, challengeIndex).filter(proof::equals).isPresent();
    }

    private static Optional<PosProof> proofOf(PosSeed seed, int challengeIndex) {
        byte[] index = {
            (byte) challengeIndex,
            (byte) (challengeIndex >>> 8),
            (byte) (challengeIndex >>> 16),
            (byte) (challengeIndex >>> 24)
        };
        byte[] quality = Blake3.hash(index).toBytes();
        int digitSum = 0;
        for (byte b : quality) {
            // 256 is 1 modulo 3, so the number and the sum of its bytes leave the same remainder.
            digitSum += b & 0xFF;
        }
        if (digitSum % 3 == 0) {
            return Optional.empty();
        }
        byte[] proof = Arrays.copyOf(seed.toBytes(), PosProof.SIZE);
        for (int offset = PosSeed.SIZE; offset < PosProof.SIZE; offset += quality.length) {
            System.arraycopy(quality, 0, proof, offset, quality.length);
        }
        return Optional.of(PosProof.of(proof));
    }

    private record ShimTable(PosSeed seed) implements PosTable {
        @Override
        public Optional<PosProof> findProof(int challengeIndex) {
            PosRules.checkSBucket(challengeIndex);
            return proofOf(seed, challengeIndex);
        }

        @Override
        public int masks(long[] usedSBuckets, byte[] masks) {
            Arrays.fill(usedSBuckets, 0);
            int count = 0;
            for (int s = 0; s < ProtocolSizes.S_BUCKETS && count < MAX_MASKS; s++) {
                Optional<PosProof> proof = proofOf(seed, s);
                if (proof.isPresent()) {
                    byte[] mask = Blake3.hash(proof.get().toBytes()).toBytes();
                    System.arraycopy(mask, 0, masks, count * MASK_BYTES, MASK_BYTES);
                    usedSBuckets[s >>> 6] |= 1L << s;
                    count++;
                }
            }
            return count;
        }
    }
}
