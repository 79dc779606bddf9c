package xyz.autonomys.farmer.kzg.java;

import static xyz.autonomys.farmer.kzg.java.CurvePoints.AFFINE;
import static xyz.autonomys.farmer.kzg.java.CurvePoints.POINT;

import java.util.Objects;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.PreparedSetup;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;

/** Affine powers in an array, and the lines of the two fixed points of the second group. */
final class JavaSetup implements PreparedSetup {
    private static final Lines GENERATOR_LINES = new Lines(TwistPoint.generator());

    private final GeneratorMultiples generator;
    private final long[] powers;
    private final Lines tauLines;

    JavaSetup(GeneratorMultiples generator, long[] powers, TwistPoint tau) {
        this.generator = generator;
        this.powers = powers;
        this.tauLines = new Lines(tau);
    }

    @Override
    public int size() {
        return powers.length / AFFINE;
    }

    @Override
    public void power(int power, G1Vector target, int index) {
        long[] point = new long[POINT];
        CurvePoints.set(point, 0, powers, Objects.checkIndex(power, size()) * AFFINE);
        ((JavaVector) target).set(index, point);
    }

    @Override
    public void multiExponentiate(long[] scalars, int count, G1Vector target, int index, WorkCrew crew) {
        Objects.checkFromIndexSize(0, count, size());
        ((JavaVector) target).set(index, new BucketSum(powers, scalars, count).compute(crew));
    }

    @Override
    public void generatorMultiple(long[] scalars, int offset, G1Vector target, int index) {
        long[] point = new long[POINT];
        generator.multiply(scalars, offset, point, 0);
        ((JavaVector) target).set(index, point);
    }

    @Override
    public boolean pairingsEqual(G1Vector points, int left, int right) {
        JavaVector vector = (JavaVector) points;
        long[] negated = vector.affine(left);
        if (!BaseField.isNothing(negated, BaseField.LIMBS)) {
            BaseField.negate(negated, BaseField.LIMBS, negated, BaseField.LIMBS);
        }
        return new Pairing.Product()
                .times(negated, GENERATOR_LINES)
                .times(vector.affine(right), tauLines)
                .isOne();
    }
}
