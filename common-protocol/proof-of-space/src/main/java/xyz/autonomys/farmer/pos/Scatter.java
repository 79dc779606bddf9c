package xyz.autonomys.farmer.pos;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jdk.incubator.vector.IntVector;

/**
 * Puts new entries into their buckets. One thread counts plainly; several threads that fill the same buckets take slots
 * atomically, and {@link OrderedBucket} brings equal residues back into the order of creation.
 */
final class Scatter {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);

    private Scatter() {}

    /**
     * Distributes entries of one thread.
     *
     * @param from offset of the first entry, in ints
     * @return false if a bucket overflowed
     */
    static boolean alone(int[] out, int from, int n, int[] entries, int[] counts, int capacity) {
        int highest = 0;
        for (int i = from; i < from + n * EntryLayout.INTS; i += EntryLayout.INTS) {
            int bucket = EntryLayout.bucket(out[i] >>> EntryLayout.Y_SHIFT);
            int slot = counts[bucket];
            counts[bucket] = slot + 1;
            highest = Math.max(highest, slot);
            int at = bucket * capacity + Math.min(slot, capacity - 1);
            IntVector.fromArray(Lanes.ENTRY, out, i).intoArray(entries, at * EntryLayout.INTS);
        }
        return highest < capacity;
    }

    /** The same beside other threads. */
    static boolean shared(int[] out, int from, int n, int[] entries, int[] counts, int capacity) {
        int highest = 0;
        for (int i = from; i < from + n * EntryLayout.INTS; i += EntryLayout.INTS) {
            int bucket = EntryLayout.bucket(out[i] >>> EntryLayout.Y_SHIFT);
            int slot = (int) COUNT.getAndAdd(counts, bucket, 1);
            highest = Math.max(highest, slot);
            int at = bucket * capacity + Math.min(slot, capacity - 1);
            IntVector.fromArray(Lanes.ENTRY, out, i).intoArray(entries, at * EntryLayout.INTS);
        }
        return highest < capacity;
    }

    /** Takes the next slot of a bucket beside other threads. */
    static int takeSlot(int[] counts, int bucket) {
        return (int) COUNT.getAndAdd(counts, bucket, 1);
    }
}
