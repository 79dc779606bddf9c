package xyz.autonomys.farmer.kzg.java;

import static xyz.autonomys.farmer.kzg.java.BaseField.LIMBS;

import java.util.ArrayList;
import java.util.List;

/**
 * The lines through multiples of a fixed point Q of the second group that Miller's algorithm for the parameter z meets, in
 * the order in which it meets them: a tangent for every bit below the first, and a chord to Q after it where the bit is
 * set.
 *
 * <p>The point (x, y) of the twist stands for (x/w², y/w³). A line through it with slope m on the twist has the value y_P −
 * (m·x_P)/w + (m·x − y)/w³ at P; times w³, which the final power makes disappear, (m·x − y) − m·x_P·v + y_P·v·w.
 */
final class Lines {
    /** The absolute value of the curve's parameter. */
    static final long PARAMETER = 0xd201000000010000L;

    private final List<Fp2> constants = new ArrayList<>();
    private final List<Fp2> negatedSlopes = new ArrayList<>();

    Lines(TwistPoint q) {
        TwistPoint point = q;
        for (int bit = Long.SIZE - 2; bit >= 0; bit--) {
            Fp2 tangent = point.tangent();
            add(point, tangent);
            point = point.plus(point, tangent);
            if ((PARAMETER >>> bit & 1) != 0) {
                Fp2 slope = point.slopeTo(q);
                add(point, slope);
                point = point.plus(q, slope);
            }
        }
    }

    private void add(TwistPoint point, Fp2 slope) {
        constants.add(slope.times(point.x()).minus(point.y()));
        negatedSlopes.add(slope.negated());
    }

    /** f times the value of line {@code index} at the affine point. */
    Fp12 multiply(Fp12 f, int index, long[] affine, Fp2 y) {
        Fp2 middle = negatedSlopes.get(index).scaled(affine, 0);
        return f.timesLine(constants.get(index), middle, middle.plus(y), affine, LIMBS);
    }
}
