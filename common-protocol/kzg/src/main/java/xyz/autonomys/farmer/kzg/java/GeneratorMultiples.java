package xyz.autonomys.farmer.kzg.java;

import static xyz.autonomys.farmer.kzg.java.CurvePoints.AFFINE;
import static xyz.autonomys.farmer.kzg.java.CurvePoints.POINT;

/** d·256^i·G for all digits d and places i of a scalar, so that a multiple of the generator is 32 additions. */
final class GeneratorMultiples {
    private static final int PLACES = 32;
    private static final int DIGITS = 255;

    private final long[] table = new long[PLACES * DIGITS * AFFINE];

    GeneratorMultiples() {
        CurvePoints curve = new CurvePoints();
        long[] multiples = new long[DIGITS * POINT];
        long[] base = new long[POINT];
        CurvePoints.set(base, 0, PointCodec.generator(), 0);
        for (int place = 0; place < PLACES; place++) {
            System.arraycopy(base, 0, multiples, 0, POINT);
            for (int digit = 1; digit < DIGITS; digit++) {
                curve.add(multiples, (digit - 1) * POINT, base, 0, multiples, digit * POINT);
            }
            curve.add(multiples, (DIGITS - 1) * POINT, base, 0, base, 0);
            CurvePoints.toAffine(multiples, 0, DIGITS, table, place * DIGITS * AFFINE);
        }
    }

    /** The multiple by four limbs. */
    void multiply(long[] scalars, int offset, long[] out, int at) {
        CurvePoints curve = new CurvePoints();
        CurvePoints.setInfinity(out, at);
        for (int place = 0; place < PLACES; place++) {
            int digit = (int) (scalars[offset + place / Long.BYTES] >>> Byte.SIZE * (place % Long.BYTES)) & DIGITS;
            if (digit != 0) {
                curve.addAffine(out, at, table, (place * DIGITS + digit - 1) * AFFINE, false);
            }
        }
    }
}
