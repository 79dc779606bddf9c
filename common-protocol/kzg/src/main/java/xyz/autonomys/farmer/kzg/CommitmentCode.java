package xyz.autonomys.farmer.kzg;

import java.util.ArrayList;
import java.util.List;
import xyz.autonomys.farmer.erasure.ScalarField;
import xyz.autonomys.farmer.kzg.curve.CurveBackend;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;

/**
 * The erasure code on commitments (spec 02 §10.3, §13.4): interpolate through the commitments at the even points of the
 * doubled domain, evaluate at the odd ones. It is linear, so the parity commitments are those of the parity records.
 */
final class CommitmentCode {
    private static final int LIMBS = ScalarField.LIMBS;
    private static final int LARGEST = 1 << 15;
    private static final int FULL = 255;

    private final CurveBackend curve;
    private final WorkCrew crew;

    CommitmentCode(CurveBackend curve, WorkCrew crew) {
        this.curve = curve;
        this.crew = crew;
    }

    List<KzgCommitment> extend(List<KzgCommitment> commitments) {
        int count = commitments.size();
        if (Integer.bitCount(count) != 1 || count > LARGEST) {
            throw new IllegalArgumentException(
                    "a power of two of commitments up to " + LARGEST + " can be extended, not " + count);
        }
        int log = Integer.numberOfTrailingZeros(count);
        GroupTransform transform = new GroupTransform(log, crew);
        G1Vector points = curve.vector(count);
        for (int i = 0; i < count; i++) {
            if (!points.decode(i, commitments.get(i).toBytes(), 0)) {
                throw new IllegalArgumentException(
                        "commitment " + i + " of " + count + " is not a point: " + commitments.get(i));
            }
        }
        transform.inverse(points);
        long[] twists = twists(log);
        crew.forEach(count, i -> points.multiply(i, points, i, twists, LIMBS * transform.reversed(i), FULL));
        transform.forward(points);
        byte[] parity = new byte[G1Vector.COMPRESSED_BYTES * count];
        points.encode(0, count, parity, 0);
        List<KzgCommitment> extended = new ArrayList<>(2 * count);
        for (int i = 0; i < count; i++) {
            extended.add(commitments.get(i));
            extended.add(KzgCommitment.of(parity, G1Vector.COMPRESSED_BYTES * i));
        }
        return extended;
    }

    /** ω_2n^i / n for all i below n. */
    private static long[] twists(int log) {
        long[] twists = new long[LIMBS << log];
        System.arraycopy(ScalarField.inverse(1L << log, 0, 0, 0), 0, twists, 0, LIMBS);
        long[] root = ScalarField.scaled(ScalarField.domainPoint(log + 1, 1), 0);
        for (int i = 1; i < 1 << log; i++) {
            ScalarField.montgomery(twists, LIMBS * (i - 1), root, 0, twists, LIMBS * i);
        }
        return twists;
    }
}
