package xyz.autonomys.farmer.kzg.blst;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import xyz.autonomys.farmer.erasure.ScalarField;
import xyz.autonomys.farmer.kzg.curve.CurveBackend;
import xyz.autonomys.farmer.kzg.curve.G1Vector;
import xyz.autonomys.farmer.kzg.curve.PreparedSetup;
import xyz.autonomys.farmer.kzg.curve.WorkCrew;

/** The native back end. */
public final class BlstCurve implements CurveBackend {
    static final long JACOBIAN = 144;
    static final long AFFINE = 96;
    static final long AFFINE_G2 = 192;
    static final long JACOBIAN_G2 = 288;
    static final int SCALAR = 32;
    private static final int RANGE = 256;

    private final BlstLibrary library;
    private final GeneratorTable generatorTable;

    private BlstCurve(BlstLibrary library) {
        this.library = library;
        this.generatorTable = new GeneratorTable(library);
    }

    /**
     * Loads the native library.
     *
     * @throws IOException with the reason if this platform has none or it is not the expected one
     */
    public static BlstCurve load() throws IOException {
        return new BlstCurve(BlstLibrary.load());
    }

    @Override
    public String describe() {
        return "blst (native, " + library.platform + ")";
    }

    @Override
    public G1Vector vector(int size) {
        return new BlstVector(library, size);
    }

    @Override
    public PreparedSetup prepare(byte[] g1Powers, int count, byte[] g2Tau, WorkCrew crew) {
        MemorySegment points = Arena.ofAuto().allocate(count * AFFINE, 64);
        crew.forRanges(count, RANGE, (from, to) -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment bytes = arena.allocate(G1Vector.COMPRESSED_BYTES);
                for (int i = from; i < to; i++) {
                    MemorySegment.copy(
                            g1Powers,
                            i * G1Vector.COMPRESSED_BYTES,
                            bytes,
                            ValueLayout.JAVA_BYTE,
                            0,
                            G1Vector.COMPRESSED_BYTES);
                    MemorySegment point = points.asSlice(i * AFFINE, AFFINE);
                    if ((int) library.uncompress1.invokeExact(point, bytes) != 0 || isZero(point)) {
                        throw new IllegalArgumentException("G1 power " + i + " of the setup is not a usable point");
                    }
                }
            } catch (Throwable e) {
                throw Native.unchecked(e);
            }
        });
        MemorySegment tau = Arena.ofAuto().allocate(AFFINE_G2, 64);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, g2Tau);
            if ((int) library.uncompress2.invokeExact(tau, bytes) != 0 || isZero(tau)) {
                throw new IllegalArgumentException("[τ]G₂ of the setup is not a usable point");
            }
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
        return new BlstSetup(library, generatorTable, points, count, tau);
    }

    private static boolean isZero(MemorySegment point) {
        long bits = 0;
        for (long at = 0; at < point.byteSize(); at += Long.BYTES) {
            bits |= point.get(ValueLayout.JAVA_LONG, at);
        }
        return bits == 0;
    }

    @Override
    public PreparedSetup prepare(long[] tau, int count, WorkCrew crew) {
        long[] powers = new long[ScalarField.LIMBS * count];
        powers[0] = 1;
        long[] scaledTau = ScalarField.scaled(tau, 0);
        for (int i = 1; i < count; i++) {
            ScalarField.montgomery(powers, ScalarField.LIMBS * (i - 1), scaledTau, 0, powers, ScalarField.LIMBS * i);
        }
        MemorySegment points = Arena.ofAuto().allocate(count * AFFINE, 64);
        crew.forRanges(count, RANGE, (from, to) -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment jacobian = arena.allocate((to - from) * JACOBIAN, 64);
                for (int i = from; i < to; i++) {
                    generatorTable.multiply(
                            powers, ScalarField.LIMBS * i, jacobian.asSlice((i - from) * JACOBIAN, JACOBIAN));
                }
                Native.toAffine(library, points.asSlice(from * AFFINE), jacobian, to - from, arena);
            }
        });
        MemorySegment tauG2 = Arena.ofAuto().allocate(AFFINE_G2, 64);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment scalar = arena.allocateFrom(ValueLayout.JAVA_LONG, tau);
            MemorySegment product = arena.allocate(JACOBIAN_G2, 64);
            MemorySegment generator = (MemorySegment) library.generator2.invokeExact();
            library.multiply2.invokeExact(product, generator, scalar, 255L);
            library.toAffine2.invokeExact(tauG2, product);
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
        return new BlstSetup(library, generatorTable, points, count, tauG2);
    }
}
