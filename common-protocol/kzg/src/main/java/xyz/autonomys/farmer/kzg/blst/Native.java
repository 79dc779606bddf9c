package xyz.autonomys.farmer.kzg.blst;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What several native calls share. */
final class Native {
    private Native() {}

    /** A method handle declares Throwable; the functions behind it throw nothing that could be handled. */
    static RuntimeException unchecked(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException exception
                ? exception
                : new IllegalStateException("a native curve operation failed", e);
    }

    /** The {first, NULL} pointer array by which blst is told that elements lie one after another. */
    static MemorySegment contiguous(MemorySegment first, Arena arena) {
        MemorySegment array = arena.allocate(2 * ValueLayout.ADDRESS.byteSize(), ValueLayout.ADDRESS.byteAlignment());
        array.set(ValueLayout.ADDRESS, 0, first);
        array.set(ValueLayout.ADDRESS, ValueLayout.ADDRESS.byteSize(), MemorySegment.NULL);
        return array;
    }

    /** Converts Jacobian points to affine ones with one shared inversion. */
    static void toAffine(BlstLibrary library, MemorySegment affine, MemorySegment jacobian, int count, Arena arena) {
        try {
            MemorySegment sources = contiguous(jacobian, arena);
            library.manyToAffine1.invokeExact(affine, sources, (long) count);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }
}
