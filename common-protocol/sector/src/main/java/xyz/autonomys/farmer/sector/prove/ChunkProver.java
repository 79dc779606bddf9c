package xyz.autonomys.farmer.sector.prove;

import java.util.function.BooleanSupplier;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/** Proves that a chunk is in its record and that its mask was expensive. For one thread. All give the same proofs. */
public interface ChunkProver extends AutoCloseable {
    /**
     * Proves the chunk of a record in an s-bucket.
     *
     * @param cancelled asked before each step, of which the longest takes a few tenths of a second
     * @throws ProvingException if it is cancelled or the record is damaged
     */
    ChunkProof prove(StoredRecord record, int sBucket, BooleanSupplier cancelled) throws ProvingException;

    /** What proves, for logs and the console. */
    String describe();

    @Override
    void close();
}
