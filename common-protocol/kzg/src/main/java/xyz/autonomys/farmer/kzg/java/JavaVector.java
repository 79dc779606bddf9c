package xyz.autonomys.farmer.kzg.java;

import static xyz.autonomys.farmer.kzg.java.CurvePoints.AFFINE;
import static xyz.autonomys.farmer.kzg.java.CurvePoints.POINT;

import java.util.Objects;
import xyz.autonomys.farmer.kzg.curve.G1Vector;

/** Points one after another in one array, see {@link CurvePoints}. */
final class JavaVector implements G1Vector {
    private final long[] points;
    private final int size;

    JavaVector(int size) {
        this.points = new long[Math.multiplyExact(size, POINT)];
        this.size = size;
    }

    @Override
    public int size() {
        return size;
    }

    private int at(int index) {
        return Objects.checkIndex(index, size) * POINT;
    }

    /** Sets a point from coordinates of {@link CurvePoints}. */
    void set(int index, long[] point) {
        System.arraycopy(point, 0, points, at(index), POINT);
    }

    /** The affine coordinates of a point; zero limbs are infinity. */
    long[] affine(int index) {
        long[] affine = new long[AFFINE];
        CurvePoints.toAffine(points, at(index), 1, affine, 0);
        return affine;
    }

    @Override
    public boolean decode(int index, byte[] source, int offset) {
        long[] affine = new long[AFFINE];
        return switch (PointCodec.decode(source, offset, affine, 0)) {
            case NONE -> false;
            case INFINITY -> {
                setInfinity(index);
                yield true;
            }
            case POINT -> {
                CurvePoints.set(points, at(index), affine, 0);
                yield true;
            }
        };
    }

    @Override
    public void encode(int from, int count, byte[] target, int offset) {
        Objects.checkFromIndexSize(from, count, size);
        long[] affine = new long[count * AFFINE];
        CurvePoints.toAffine(points, from * POINT, count, affine, 0);
        for (int i = 0; i < count; i++) {
            PointCodec.encode(affine, i * AFFINE, target, offset + i * COMPRESSED_BYTES);
        }
    }

    @Override
    public void setInfinity(int index) {
        CurvePoints.setInfinity(points, at(index));
    }

    @Override
    public void set(int index, G1Vector source, int sourceIndex) {
        JavaVector other = (JavaVector) source;
        System.arraycopy(other.points, other.at(sourceIndex), points, at(index), POINT);
    }

    @Override
    public void swap(int a, int b) {
        long[] saved = new long[POINT];
        System.arraycopy(points, at(a), saved, 0, POINT);
        System.arraycopy(points, at(b), points, at(a), POINT);
        System.arraycopy(saved, 0, points, at(b), POINT);
    }

    @Override
    public void add(int target, G1Vector a, int i, G1Vector b, int j) {
        JavaVector first = (JavaVector) a;
        JavaVector second = (JavaVector) b;
        new CurvePoints().add(first.points, first.at(i), second.points, second.at(j), points, at(target));
    }

    @Override
    public void negate(int target) {
        CurvePoints.negate(points, at(target));
    }

    @Override
    public void butterfly(int a, int b) {
        CurvePoints curve = new CurvePoints();
        long[] difference = new long[POINT];
        System.arraycopy(points, at(b), difference, 0, POINT);
        CurvePoints.negate(difference, 0);
        curve.add(points, at(a), difference, 0, difference, 0);
        curve.add(points, at(a), points, at(b), points, at(a));
        System.arraycopy(difference, 0, points, at(b), POINT);
    }

    @Override
    public void multiply(int target, G1Vector a, int i, long[] scalars, int offset, int bits) {
        JavaVector source = (JavaVector) a;
        new CurvePoints().multiply(source.points, source.at(i), scalars, offset, bits, points, at(target));
    }

    @Override
    public boolean inSubgroup(int index) {
        return new CurvePoints().inSubgroup(points, at(index));
    }
}
