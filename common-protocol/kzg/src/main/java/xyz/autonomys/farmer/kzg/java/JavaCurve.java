package xyz.autonomys.farmer.kzg.java;

import static xyz.autonomys.farmer.kzg.java.CurvePoints.AFFINE;
import static xyz.autonomys.farmer.kzg.java.CurvePoints.POINT;

import java.math.BigInteger;
import xyz.autonomys.farmer.erasure.ScalarField;
import xyz.autonomys.farmer.kzg.curve.CurveBackend;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.PreparedSetup;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;

/** The back end in plain Java. */
public final class JavaCurve implements CurveBackend {
    private static final int RANGE = 256;
    private static final int LIMBS = ScalarField.LIMBS;

    private final GeneratorMultiples generator = new GeneratorMultiples();

    /** Makes one; takes some ten milliseconds for a table of multiples of the generator. */
    public JavaCurve() {}

    @Override
    public String describe() {
        return "plain Java";
    }

    @Override
    public G1Vector vector(int size) {
        return new JavaVector(size);
    }

    @Override
    public PreparedSetup prepare(byte[] g1Powers, int count, byte[] g2Tau, WorkCrew crew) {
        long[] powers = new long[count * AFFINE];
        crew.forRanges(count, RANGE, (from, to) -> {
            for (int i = from; i < to; i++) {
                int offset = i * G1Vector.COMPRESSED_BYTES;
                if (PointCodec.decode(g1Powers, offset, powers, i * AFFINE) != PointCodec.Kind.POINT) {
                    throw new IllegalArgumentException("G1 power " + i + " of the setup is not a usable point");
                }
            }
        });
        TwistPoint tau = PointCodec.decodeTwist(g2Tau);
        if (tau == null) {
            throw new IllegalArgumentException("[τ]G₂ of the setup is not a usable point");
        }
        return new JavaSetup(generator, powers, tau);
    }

    @Override
    public PreparedSetup prepare(long[] tau, int count, WorkCrew crew) {
        long[] exponents = new long[LIMBS * count];
        exponents[0] = 1;
        long[] factor = ScalarField.scaled(tau, 0);
        for (int i = 1; i < count; i++) {
            ScalarField.montgomery(exponents, LIMBS * (i - 1), factor, 0, exponents, LIMBS * i);
        }
        long[] powers = new long[count * AFFINE];
        crew.forRanges(count, RANGE, (from, to) -> {
            long[] points = new long[(to - from) * POINT];
            for (int i = from; i < to; i++) {
                generator.multiply(exponents, LIMBS * i, points, (i - from) * POINT);
            }
            CurvePoints.toAffine(points, 0, to - from, powers, from * AFFINE);
        });
        byte[] bytes = new byte[ScalarField.BYTES];
        ScalarField.store(tau, 0, bytes, 0);
        return new JavaSetup(generator, powers, TwistPoint.generator().times(new BigInteger(1, bytes)));
    }
}
