package xyz.autonomys.farmer.archiving;

import static xyz.autonomys.farmer.primitives.ProtocolSizes.CHUNK_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.RECORD_BYTES;
import static xyz.autonomys.farmer.primitives.ProtocolSizes.RECORD_CHUNKS;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import xyz.autonomys.farmer.erasure.ScalarField;
import xyz.autonomys.farmer.primitives.ScalarBytes;

/** Weighted sums of records, chunk by chunk. */
final class RecordCombination {
    private static final int TILE_CHUNKS = 1024;
    private static final int LIMBS = ScalarField.LIMBS;

    private RecordCombination() {}

    /**
     * Σ weights[i] · records[i].
     *
     * @param records arrays that begin with a record each
     * @return the sum as a record, or empty if a chunk of a record is not canonical
     */
    static Optional<byte[]> of(List<byte[]> records, List<ScalarBytes> weights, Parallelism parallelism) {
        long[] factors = new long[LIMBS * weights.size()];
        for (int i = 0; i < weights.size(); i++) {
            long[] weight = new long[LIMBS];
            if (!ScalarField.load(weights.get(i).toBytes(), 0, weight, 0)) {
                throw new IllegalArgumentException("weight " + i + " is not a canonical scalar: " + weights.get(i));
            }
            System.arraycopy(ScalarField.scaled(weight, 0), 0, factors, LIMBS * i, LIMBS);
        }
        byte[] sum = new byte[RECORD_BYTES];
        AtomicBoolean canonical = new AtomicBoolean(true);
        parallelism.forEach(RECORD_CHUNKS / TILE_CHUNKS, tile -> {
            int offset = tile * TILE_CHUNKS * CHUNK_BYTES;
            if (!addTile(records, factors, offset, sum)) {
                canonical.set(false);
            }
        });
        return canonical.get() ? Optional.of(sum) : Optional.empty();
    }

    private static boolean addTile(List<byte[]> records, long[] factors, int offset, byte[] target) {
        long[] sums = new long[LIMBS * TILE_CHUNKS];
        long[] term = new long[LIMBS];
        for (int i = 0; i < records.size(); i++) {
            byte[] record = records.get(i);
            for (int chunk = 0; chunk < TILE_CHUNKS; chunk++) {
                if (!ScalarField.load(record, offset + chunk * CHUNK_BYTES, term, 0)) {
                    return false;
                }
                ScalarField.montgomery(term, 0, factors, LIMBS * i, term, 0);
                ScalarField.add(sums, LIMBS * chunk, term, 0, sums, LIMBS * chunk);
            }
        }
        for (int chunk = 0; chunk < TILE_CHUNKS; chunk++) {
            ScalarField.store(sums, LIMBS * chunk, target, offset + chunk * CHUNK_BYTES);
        }
        return true;
    }
}
