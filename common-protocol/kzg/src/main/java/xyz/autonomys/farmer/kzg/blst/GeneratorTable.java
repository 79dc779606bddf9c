package xyz.autonomys.farmer.kzg.blst;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import xyz.autonomys.farmer.erasure.ScalarField;

/** Multiples of the generator: entry (w, d) is d·2^(8w)·G, so that [k]G is at most 32 mixed additions. */
final class GeneratorTable {
    private static final int WINDOWS = 8 * ScalarField.LIMBS;
    private static final int DIGITS = 255;

    private final BlstLibrary library;
    private final MemorySegment entries;

    GeneratorTable(BlstLibrary library) {
        this.library = library;
        this.entries = Arena.ofAuto().allocate(WINDOWS * DIGITS * BlstCurve.AFFINE, 64);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment jacobian = arena.allocate(WINDOWS * DIGITS * BlstCurve.JACOBIAN, 64);
            MemorySegment base = arena.allocate(BlstCurve.JACOBIAN, 64);
            MemorySegment generator = (MemorySegment) library.generator1.invokeExact();
            base.copyFrom(generator.reinterpret(BlstCurve.JACOBIAN));
            MemorySegment previous = arena.allocate(BlstCurve.JACOBIAN, 64);
            for (int entry = 0; entry < WINDOWS * DIGITS; entry++) {
                if (entry % DIGITS == 0) {
                    previous.fill((byte) 0);
                }
                MemorySegment sum = jacobian.asSlice(entry * BlstCurve.JACOBIAN, BlstCurve.JACOBIAN);
                library.addOrDouble1.invokeExact(sum, previous, base);
                previous = sum;
                if (entry % DIGITS == DIGITS - 1) {
                    MemorySegment next = arena.allocate(BlstCurve.JACOBIAN, 64);
                    library.addOrDouble1.invokeExact(next, sum, base);
                    base = next;
                    previous = arena.allocate(BlstCurve.JACOBIAN, 64);
                }
            }
            Native.toAffine(library, entries, jacobian, WINDOWS * DIGITS, arena);
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }

    /** {@code target = [k]G} for the canonical limbs at {@code offset}. */
    void multiply(long[] scalars, int offset, MemorySegment target) {
        target.fill((byte) 0);
        try {
            for (int window = 0; window < WINDOWS; window++) {
                int digit = (int) (scalars[offset + window / 8] >>> 8 * (window % 8)) & 0xff;
                if (digit != 0) {
                    MemorySegment entry =
                            entries.asSlice((window * DIGITS + digit - 1) * BlstCurve.AFFINE, BlstCurve.AFFINE);
                    library.addOrDoubleAffine1.invokeExact(target, target, entry);
                }
            }
        } catch (Throwable e) {
            throw Native.unchecked(e);
        }
    }
}
