package xyz.autonomys.farmer.kzg.blst;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import xyz.autonomys.farmer.erasure.ScalarField;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.PreparedSetup;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;

/**
 * Affine powers in native memory, and the line functions of the two fixed G2 points.
 *
 * <p>A multi-scalar multiplication is cut into tiles, one per window of scalar bits and, with many threads, per range of
 * points; blst sums a tile's points by buckets, and the tiles are put together with a few hundred doublings.
 */
final class BlstSetup implements PreparedSetup {
    private static final int SCALAR_BITS = 255;
    /** A bucket is a point of four coordinates. */
    private static final long BUCKET = 192;
    /** 68 line functions of three quadratic extension elements. */
    private static final long LINES = 68 * 288;

    private static final long FP12 = 576;

    private final BlstLibrary library;
    private final GeneratorTable generatorTable;
    private final MemorySegment points;
    private final int size;
    private final MemorySegment generatorLines;
    private final MemorySegment tauLines;

    BlstSetup(BlstLibrary library, GeneratorTable generatorTable, MemorySegment points, int size, MemorySegment tauG2) {
        this.library = library;
        this.generatorTable = generatorTable;
        this.points = points;
        this.size = size;
        this.generatorLines = Arena.ofAuto().allocate(LINES, 64);
        this.tauLines = Arena.ofAuto().allocate(LINES, 64);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment affine = arena.allocate(BlstCurve.AFFINE_G2, 64);
            MemorySegment generator = (MemorySegment) library.generator2.invokeExact();
            library.toAffine2.invokeExact(affine, generator);
            library.precomputeLines.invokeExact(generatorLines, affine);
            library.precomputeLines.invokeExact(tauLines, tauG2);
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void power(int power, G1Vector target, int index) {
        Objects.checkIndex(power, size);
        try {
            MemorySegment point = ((BlstVector) target).point(index);
            MemorySegment source = points.asSlice(power * BlstCurve.AFFINE, BlstCurve.AFFINE);
            library.fromAffine1.invokeExact(point, source);
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    @Override
    public void multiExponentiate(long[] scalars, int count, G1Vector target, int index, WorkCrew crew) {
        Objects.checkFromIndexSize(0, count, size);
        MemorySegment result = ((BlstVector) target).point(index);
        result.fill((byte) 0);
        if (count == 0) {
            return;
        }
        if (count == 1) {
            // The tiles of the native library read a second point.
            power(0, target, index);
            target.multiply(index, target, index, scalars, 0, SCALAR_BITS);
            return;
        }
        int window = windowBits(count);
        // Digits are signed, so a window that ends with the scalar's last bit hands a carry to one more.
        int windows = SCALAR_BITS / window + 1;
        int ranges = Math.max(1, Math.min((crew.parallelism() * 2 + windows - 1) / windows, count / 1024));
        if (crew.parallelism() * 2 <= windows) {
            ranges = 1;
        }
        int rangeCount = ranges;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment scalarBytes = arena.allocate((long) count * BlstCurve.SCALAR, 64);
            MemorySegment.copy(scalars, 0, scalarBytes, ValueLayout.JAVA_LONG, 0, count * ScalarField.LIMBS);
            MemorySegment tiles = arena.allocate(windows * (long) rangeCount * BlstCurve.JACOBIAN, 64);
            crew.forEach(windows * rangeCount, tile -> {
                int range = tile % rangeCount;
                int from = (int) ((long) count * range / rangeCount);
                int to = (int) ((long) count * (range + 1) / rangeCount);
                sumTile(
                        tiles.asSlice(tile * BlstCurve.JACOBIAN, BlstCurve.JACOBIAN),
                        points.asSlice(from * BlstCurve.AFFINE),
                        scalarBytes.asSlice((long) from * BlstCurve.SCALAR),
                        to - from,
                        tile / rangeCount * window,
                        window);
            });
            for (int w = windows - 1; w >= 0; w--) {
                for (int i = 0; i < window && w < windows - 1; i++) {
                    library.double1.invokeExact(result, result);
                }
                for (int range = 0; range < rangeCount; range++) {
                    MemorySegment tile =
                            tiles.asSlice(((long) w * rangeCount + range) * BlstCurve.JACOBIAN, BlstCurve.JACOBIAN);
                    library.addOrDouble1.invokeExact(result, result, tile);
                }
            }
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    /** The width that makes bucket additions and bucket sums cost least together (spec 02 §13.2). */
    private static int windowBits(int count) {
        int log = Integer.SIZE - Integer.numberOfLeadingZeros(count);
        return log > 13 ? log - 4 : Math.max(2, log - 3);
    }

    private void sumTile(
            MemorySegment tile, MemorySegment first, MemorySegment scalars, int count, int bit, int window) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buckets = arena.allocate(BUCKET << window, 64);
            MemorySegment pointArray = Native.contiguous(first, arena);
            MemorySegment scalarArray = Native.contiguous(scalars, arena);
            library.tilePippenger1.invokeExact(
                    tile, pointArray, (long) count, scalarArray, (long) SCALAR_BITS, buckets, (long) bit, (long)
                            window);
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    @Override
    public void generatorMultiple(long[] scalars, int offset, G1Vector target, int index) {
        generatorTable.multiply(scalars, offset, ((BlstVector) target).point(index));
    }

    @Override
    public boolean pairingsEqual(G1Vector vector, int left, int right) {
        BlstVector g1 = (BlstVector) vector;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment first = millerLoop(generatorLines, g1.point(left), arena);
            MemorySegment second = millerLoop(tauLines, g1.point(right), arena);
            return (boolean) library.finalVerify.invokeExact(first, second);
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    private MemorySegment millerLoop(MemorySegment lines, MemorySegment point, Arena arena) throws Throwable {
        MemorySegment value = arena.allocate(FP12, 64);
        if (isInfinity(point)) {
            // The affine form of infinity is no argument of the line functions; its factor is one by definition.
            MemorySegment one = (MemorySegment) library.one12.invokeExact();
            value.copyFrom(one.reinterpret(FP12));
            return value;
        }
        MemorySegment affine = arena.allocate(BlstCurve.AFFINE, 64);
        library.toAffine1.invokeExact(affine, point);
        library.millerLoopLines.invokeExact(value, lines, affine);
        return value;
    }

    private static boolean isInfinity(MemorySegment point) {
        long bits = 0;
        for (long at = BlstCurve.AFFINE; at < BlstCurve.JACOBIAN; at += Long.BYTES) {
            bits |= point.get(ValueLayout.JAVA_LONG, at);
        }
        return bits == 0;
    }
}
