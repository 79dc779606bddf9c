package xyz.autonomys.farmer.kzg.java;

import java.math.BigInteger;
import java.util.HexFormat;

/**
 * An affine point of the second group, on y² = x³ + 4·(1 + u) over {@link Fp2}; never infinity.
 *
 * @param x first coordinate
 * @param y second coordinate
 */
record TwistPoint(Fp2 x, Fp2 y) {
    private static final Fp2 CONSTANT = Fp2.of(BigInteger.valueOf(4), BigInteger.valueOf(4));
    private static final String GENERATOR =
            "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
                    + "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8";

    /** The generator of the second group. */
    static TwistPoint generator() {
        return PointCodec.decodeTwist(HexFormat.of().parseHex(GENERATOR));
    }

    /** What y² is on the curve. */
    static Fp2 rightSide(Fp2 x) {
        return x.squared().times(x).plus(CONSTANT);
    }

    /** The slope of the tangent. */
    Fp2 tangent() {
        Fp2 square = x.squared();
        return square.plus(square).plus(square).times(y.plus(y).inverse());
    }

    /** The slope of the line to another point with another x. */
    Fp2 slopeTo(TwistPoint other) {
        return other.y.minus(y).times(other.x.minus(x).inverse());
    }

    /** The third point of a line through this and {@code other}, turned over: their sum. */
    TwistPoint plus(TwistPoint other, Fp2 slope) {
        Fp2 sum = slope.squared().minus(x).minus(other.x);
        return new TwistPoint(sum, slope.times(x.minus(sum)).minus(y));
    }

    /** k times this, for a point of order r and k from 1 to r − 1, so that infinity is never met. */
    TwistPoint times(BigInteger k) {
        TwistPoint sum = this;
        for (int bit = k.bitLength() - 2; bit >= 0; bit--) {
            sum = sum.plus(sum, sum.tangent());
            if (k.testBit(bit)) {
                sum = sum.x.equalTo(x) ? sum.plus(this, sum.tangent()) : sum.plus(this, sum.slopeTo(this));
            }
        }
        return sum;
    }
}
