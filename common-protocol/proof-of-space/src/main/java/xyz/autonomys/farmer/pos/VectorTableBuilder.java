package xyz.autonomys.farmer.pos;

import java.util.Arrays;
import xyz.autonomys.farmer.primitives.PosSeed;

/**
 * The fast builder for one thread, in vectors of {@link Lanes#BITS} bits. Keeps about 110 MB: {@link TableMemory}, slots and
 * the planes of {@link VectorMasks}; builds allocate nothing else.
 */
final class VectorTableBuilder implements PosTableBuilder {
    private final TableMemory memory;
    private final Slots slots = new Slots();
    private final VectorMasks masks = new VectorMasks();
    private final VectorLevelOne levelOne = new VectorLevelOne();
    private final LevelWorker worker;
    private PlainTableBuilder unlimited;
    private boolean closed;

    VectorTableBuilder() {
        this(TableMemory.BUCKET_CAPACITY, TableMemory.DENSE_INDICES);
    }

    VectorTableBuilder(int bucketCapacity, int indices) {
        memory = new TableMemory(bucketCapacity, indices);
        worker = new LevelWorker(memory, slots, false);
    }

    @Override
    public PosTable build(PosSeed seed) {
        if (closed) {
            throw new IllegalStateException("The proof-of-space builder is closed");
        }
        if (fits(seed)) {
            return new VectorTable(memory, slots, masks);
        }
        if (unlimited == null) {
            unlimited = new PlainTableBuilder();
        }
        return unlimited.build(seed);
    }

    private boolean fits(PosSeed seed) {
        slots.clear();
        int[] state = ChaCha8.initialState(seed.toBytes());
        Arrays.fill(memory.counts(1), 0);
        for (int part = 0; part < VectorLevelOne.PARTS; part++) {
            if (!levelOne.add(state, part, memory, false)) {
                return false;
            }
        }
        for (int level = 2; level <= PosRules.LAST_LEVEL; level++) {
            Arrays.fill(memory.counts(level), 0);
            if (!worker.build(level, 0, PosRules.BUCKET_PAIRS, 0, memory.indices)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long bytesPerBuilder() {
        return memory.bytes() + masks.bytes() + Slots.bytes();
    }

    @Override
    public void close() {
        closed = true;
        unlimited = null;
    }
}
