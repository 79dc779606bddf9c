package xyz.autonomys.farmer.kzg.blst;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import xyz.autonomys.farmer.erasure.ScalarField;
import xyz.autonomys.farmer.kzg.curve.G1Vector;

/** Jacobian points in native memory, freed with this object. */
final class BlstVector implements G1Vector {
    private final BlstLibrary library;
    private final int size;
    private final MemorySegment points;

    BlstVector(BlstLibrary library, int size) {
        this.library = library;
        this.size = size;
        this.points = Arena.ofAuto().allocate(size * BlstCurve.JACOBIAN, 64);
    }

    MemorySegment point(int index) {
        Objects.checkIndex(index, size);
        return points.asSlice(index * BlstCurve.JACOBIAN, BlstCurve.JACOBIAN);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean decode(int index, byte[] source, int offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(COMPRESSED_BYTES);
            MemorySegment.copy(source, offset, bytes, ValueLayout.JAVA_BYTE, 0, COMPRESSED_BYTES);
            MemorySegment affine = arena.allocate(BlstCurve.AFFINE, 64);
            if ((int) library.uncompress1.invokeExact(affine, bytes) != 0) {
                return false;
            }
            MemorySegment target = point(index);
            library.fromAffine1.invokeExact(target, affine);
            return true;
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    @Override
    public void encode(int from, int count, byte[] target, int offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(COMPRESSED_BYTES);
            for (int i = 0; i < count; i++) {
                MemorySegment source = point(from + i);
                library.compress1.invokeExact(bytes, source);
                MemorySegment.copy(
                        bytes, ValueLayout.JAVA_BYTE, 0, target, offset + i * COMPRESSED_BYTES, COMPRESSED_BYTES);
            }
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    @Override
    public void setInfinity(int index) {
        point(index).fill((byte) 0);
    }

    @Override
    public void set(int index, G1Vector source, int sourceIndex) {
        point(index).copyFrom(((BlstVector) source).point(sourceIndex));
    }

    @Override
    public void swap(int a, int b) {
        byte[] kept = point(a).toArray(ValueLayout.JAVA_BYTE);
        point(a).copyFrom(point(b));
        point(b).copyFrom(MemorySegment.ofArray(kept));
    }

    @Override
    public void add(int target, G1Vector a, int i, G1Vector b, int j) {
        try {
            MemorySegment sum = point(target);
            MemorySegment left = ((BlstVector) a).point(i);
            MemorySegment right = ((BlstVector) b).point(j);
            library.addOrDouble1.invokeExact(sum, left, right);
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    @Override
    public void negate(int target) {
        try {
            MemorySegment point = point(target);
            library.negate1.invokeExact(point, true);
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    @Override
    public void butterfly(int a, int b) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sum = arena.allocate(BlstCurve.JACOBIAN, 64);
            MemorySegment left = point(a);
            MemorySegment right = point(b);
            library.addOrDouble1.invokeExact(sum, left, right);
            library.negate1.invokeExact(right, true);
            library.addOrDouble1.invokeExact(right, left, right);
            left.copyFrom(sum);
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    @Override
    public void multiply(int target, G1Vector a, int i, long[] scalars, int offset, int bits) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment scalar = arena.allocate(BlstCurve.SCALAR, 8);
            MemorySegment.copy(scalars, offset, scalar, ValueLayout.JAVA_LONG, 0, ScalarField.LIMBS);
            MemorySegment product = point(target);
            MemorySegment factor = ((BlstVector) a).point(i);
            library.multiply1.invokeExact(product, factor, scalar, (long) bits);
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    @Override
    public boolean inSubgroup(int index) {
        try {
            MemorySegment point = point(index);
            return (boolean) library.inSubgroup1.invokeExact(point);
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }
}
