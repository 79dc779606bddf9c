package xyz.autonomys.farmer.pos;

import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.PosSeed;

/**
 * Decides whether a proof of space is valid: the consensus rule of specification 01 §10.
 *
 * <p>The rule is laxer than table building, and must stay so: residues of a pair have to match, but nobody checks that
 * the pair's buckets are neighbours, that the x values differ, or that a table would return this proof and no other. A
 * verifier with extra checks would disagree with the node. Only the 20 bits that {@link PosTable#findProof} looks at
 * count in the challenge index.
 *
 * <p>Source: autonomys/subspace, crates/subspace-proof-of-space/src/chiapos/tables.rs ({@code verify_only_stateless}).
 */
public final class PosVerifier {
    private PosVerifier() {}

    /**
     * Whether {@code proof} is valid for this seed and challenge.
     *
     * @param challengeIndex any 32-bit value; s-buckets are 0…65535
     */
    public static boolean isValid(PosSeed seed, int challengeIndex, PosProof proof) {
        int[] state = ChaCha8.initialState(seed.toBytes());
        int[] x = ProofBytes.unpack(proof.toBytes());
        int count = x.length;
        int[] y = new int[count];
        long[] metaHigh = new long[count];
        long[] metaLow = new long[count];
        for (int i = 0; i < count; i++) {
            y[i] = LevelOne.single(state, x[i]);
            metaLow[i] = x[i];
        }
        NodeFunction node = new NodeFunction();
        for (int level = 2; level <= PosRules.LAST_LEVEL; level++) {
            count /= 2;
            for (int i = 0; i < count; i++) {
                int left = 2 * i;
                int right = left + 1;
                if (!residuesMatch(y[left], y[right])) {
                    return false;
                }
                node.apply(level, y[left], metaHigh[left], metaLow[left], metaHigh[right], metaLow[right]);
                y[i] = node.y;
                metaHigh[i] = node.metaHigh;
                metaLow[i] = node.metaLow;
            }
        }
        return y[0] >>> PosRules.EXTRA_BITS == PosRules.prefix(challengeIndex);
    }

    /** The matching condition without the one on buckets. */
    static boolean residuesMatch(int leftY, int rightY) {
        int parity = leftY / PosRules.BUCKET_WIDTH & 1;
        int left = leftY % PosRules.BUCKET_WIDTH;
        int right = rightY % PosRules.BUCKET_WIDTH;
        // The row difference fixes m, so that one comparison of columns replaces 64 of targets.
        int m = Math.floorMod(right / PosRules.COLUMNS - left / PosRules.COLUMNS, PosRules.ROWS);
        return m < PosRules.TARGETS && PosRules.target(parity, left, m) == right;
    }
}
