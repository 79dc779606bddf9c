package xyz.autonomys.farmer.kzg.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** What makes it a pairing: linear in both arguments, and not trivial. */
class PairingTest {
    private static final BigInteger K = new BigInteger("5b0d4c7f2e9a16383", 16);

    @Test
    void factorsMoveFromOneArgumentToTheOther() {
        Lines once = new Lines(TwistPoint.generator());
        Lines many = new Lines(TwistPoint.generator().times(K));
        long[] generator = PointCodec.generator();
        assertTrue(new Pairing.Product()
                .times(multiple(K.negate()), once)
                .times(generator, many)
                .isOne());
        assertFalse(new Pairing.Product()
                .times(multiple(K), once)
                .times(generator, many)
                .isOne());
        assertFalse(new Pairing.Product().times(generator, once).isOne());
        assertTrue(
                new Pairing.Product().times(new long[CurvePoints.AFFINE], many).isOne());
        assertTrue(new Pairing.Product().isOne());
    }

    @Test
    void multiplesOfTheSecondGeneratorAreOnItsCurve() {
        TwistPoint generator = TwistPoint.generator();
        for (int k : new int[] {1, 2, 3, 4, 5, 6, 7, 1000}) {
            TwistPoint point = generator.times(BigInteger.valueOf(k));
            assertTrue(point.y().squared().equalTo(TwistPoint.rightSide(point.x())), "multiple " + k);
        }
        TwistPoint six = generator.times(BigInteger.TWO).times(BigInteger.valueOf(3));
        assertEquals(
                true, six.x().equalTo(generator.times(BigInteger.valueOf(6)).x()));
    }

    private static long[] multiple(BigInteger k) {
        long[] point = new long[CurvePoints.POINT];
        CurvePoints.set(point, 0, PointCodec.generator(), 0);
        BigInteger absolute = k.abs();
        long[] scalar = {absolute.longValue(), absolute.shiftRight(64).longValue(), 0, 0};
        new CurvePoints().multiply(point, 0, scalar, 0, 128, point, 0);
        if (k.signum() < 0) {
            CurvePoints.negate(point, 0);
        }
        CurvePoints.toAffine(point, 0, 1, point, 0);
        return java.util.Arrays.copyOf(point, CurvePoints.AFFINE);
    }
}
