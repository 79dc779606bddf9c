package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One table from made-up buckets: empty, full, of equal residues, beyond the fixed sizes; and without its barriers. */
final class GrowKernelTest extends OnEmulatedDevice {
    private static final int BUCKETS = 4441;
    private static final int CAPACITY = 512;
    private static final long BACKS_BYTES = (long) BUCKETS * CAPACITY * Integer.BYTES;
    private static final int BARRIERS = 8;
    private static final int BUCKET_OVERFLOW = 1;
    private static final int MATCH_OVERFLOW = 2;

    private final int[] counts = new int[BUCKETS];
    private final int[] entries = new int[4 * BUCKETS * CAPACITY];
    private final Random random = new Random(17);
    private TableKernels.Lane lane;

    /** What came out: the back pointers of all children, and of the parents by position. */
    private record Grown(TreeSet<Integer> children, List<Integer> backs, int flags) {}

    @BeforeEach
    void open() throws GpuException {
        lane = new TableKernels.Lane(device);
    }

    @AfterEach
    void close() {
        lane.close();
    }

    private void add(int bucket, int residue) {
        int at = 4 * (bucket * CAPACITY + counts[bucket]++);
        entries[at] = random.nextInt() & 0x7FFFFFFF;
        entries[at + 1] = residue | random.nextInt(1 << 16) << 14;
        entries[at + 2] = random.nextInt();
        entries[at + 3] = random.nextInt();
    }

    private void addRandom(int bucket, int number) {
        for (int i = 0; i < number; i++) {
            add(bucket, random.nextInt(bucket == BUCKETS - 1 ? 7144 : 15_113));
        }
    }

    private void addEqual(int bucket, int residue, int number) {
        for (int i = 0; i < number; i++) {
            add(bucket, residue);
        }
    }

    private void write(int countsBefore) throws GpuException {
        int[] all = new int[6 * BUCKETS];
        System.arraycopy(counts, 0, all, BUCKETS, BUCKETS);
        Arrays.fill(all, 2 * BUCKETS, 3 * BUCKETS, countsBefore);
        Buffers.write(device, lane.stream(), Buffers.bytes(all), lane.counts());
        Buffers.write(device, lane.stream(), Buffers.bytes(entries), lane.entriesFor(3));
    }

    private Grown grow(TableKernels.Map map, int countsBefore) throws GpuException {
        CudaStream stream = lane.stream();
        write(countsBefore);
        DeviceMemory flags = Buffers.upload(device, stream, 0);
        new TableKernels(device, map).grow(lane, 3, flags);
        int[] childCounts =
                Arrays.copyOfRange(Buffers.downloadInts(device, stream, lane.counts()), 2 * BUCKETS, 3 * BUCKETS);
        int[] children = Buffers.downloadInts(device, stream, lane.entriesFor(4));
        TreeSet<Integer> found = new TreeSet<>();
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            for (int i = countsBefore; i < Math.min(childCounts[bucket], CAPACITY); i++) {
                assertTrue(found.add(children[4 * (bucket * CAPACITY + i)]), "a match comes twice");
            }
        }
        int[] backs = Buffers.downloadInts(device, stream, lane.backs().slice(BACKS_BYTES, BACKS_BYTES));
        List<Integer> used = new ArrayList<>();
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            for (int i = 0; i < Math.min(counts[bucket], CAPACITY); i++) {
                used.add(backs[bucket * CAPACITY + i]);
            }
        }
        Grown grown = new Grown(found, used, Buffers.downloadInts(device, stream, flags)[0]);
        device.free(flags);
        return grown;
    }

    /** Entries of a bucket in their order: residue, back pointer. */
    private List<int[]> ordered(int bucket) {
        List<int[]> list = new ArrayList<>();
        for (int i = 0; i < counts[bucket]; i++) {
            int at = 4 * (bucket * CAPACITY + i);
            list.add(new int[] {entries[at + 1] & 0x3FFF, entries[at]});
        }
        list.sort(Comparator.<int[]>comparingInt(entry -> entry[0]).thenComparingInt(entry -> entry[1]));
        return list;
    }

    private Grown expected() {
        TreeSet<Integer> children = new TreeSet<>();
        List<Integer> backs = new ArrayList<>();
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            List<int[]> left = ordered(bucket);
            left.forEach(entry -> backs.add(entry[1]));
            List<int[]> right = bucket + 1 < BUCKETS ? ordered(bucket + 1) : List.of();
            for (int l = 0; l < left.size(); l++) {
                for (int m = 0; m < 64; m++) {
                    int residue = left.get(l)[0];
                    int shift = 2 * m + (bucket & 1);
                    int target = (residue / 127 + m) % 119 * 127 + (residue + shift * shift) % 127;
                    for (int r = 0; r < right.size(); r++) {
                        if (right.get(r)[0] == target) {
                            children.add(bucket << 18 | l << 9 | r);
                        }
                    }
                }
            }
        }
        return new Grown(children, backs, 0);
    }

    private void fill() {
        // Bucket 0 is empty, 1 and 6 are full, 10 and 11 have equal residues that match, 4439 and 4440 are the last
        // pair.
        addRandom(1, CAPACITY);
        addRandom(2, 300);
        addRandom(3, 236);
        addRandom(5, 200);
        addRandom(6, CAPACITY);
        addEqual(10, 5000, 20);
        addRandom(10, 100);
        addEqual(11, 5417, 30);
        addRandom(11, 100);
        addEqual(20, 15_112, 3);
        addRandom(21, 400);
        addRandom(4439, 230);
        addRandom(4440, 110);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bucketsOfAllKinds(boolean wide) throws GpuException {
        fill();
        Grown expected = expected();
        assertTrue(expected.children().size() > 600 + 1000, "there are matches of all kinds");
        assertEquals(expected, grow(wide ? TableKernels.Map.WIDE : TableKernels.Map.NARROW, 0));
    }

    @Test
    void childrenBeyondTheirBucketRaiseAFlag() throws GpuException {
        addEqual(10, 5000, 1);
        addEqual(11, 5417, 1);
        assertEquals(BUCKET_OVERFLOW, grow(TableKernels.Map.WIDE, CAPACITY).flags());
    }

    @Test
    void tooManyMatchesRaiseAFlag() throws GpuException {
        addEqual(10, 5000, 33);
        addEqual(11, 5417, 32);
        assertEquals(MATCH_OVERFLOW, grow(TableKernels.Map.WIDE, 0).flags() & MATCH_OVERFLOW);
    }

    /** Each of the kernel's barriers is needed, and the emulator shows it. */
    @Test
    void aMissingBarrierIsDetected() throws Exception {
        fill();
        Path trace = Path.of("target/grow.trace").toAbsolutePath();
        CudaStream stream = lane.stream();
        Emulator.trace(trace);
        write(0);
        DeviceMemory flags = Buffers.upload(device, stream, 0);
        new TableKernels(device, TableKernels.Map.WIDE).grow(lane, 3, flags);
        // What does not depend on the order of threads: children in each bucket, parents in their order.
        Buffers.download(device, stream, lane.counts());
        Buffers.download(device, stream, lane.backs().slice(BACKS_BYTES, BACKS_BYTES));
        Emulator.endTrace();
        device.free(flags);
        assertEquals(0, Emulator.replay(trace), "see target/replay.txt");
        assertEquals(0, Emulator.replay(trace, "descending"), "see target/replay.txt");
        for (int barrier = 0; barrier < BARRIERS; barrier++) {
            String number = Integer.toString(barrier);
            assertTrue(
                    Emulator.replay(trace, number) != 0 || Emulator.replay(trace, "descending", number) != 0,
                    () -> "the kernel gives the same without barrier " + number);
        }
        Files.delete(trace);
    }
}
