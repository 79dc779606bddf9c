package xyz.autonomys.farmer.sector.prove;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import xyz.autonomys.farmer.erasure.ErasureCoding;
import xyz.autonomys.farmer.erasure.Polynomial;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.KzgWitness;
import xyz.autonomys.farmer.pos.PosTableBuilder;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.ScalarBytes;
import xyz.autonomys.farmer.sector.read.KnownChunks;
import xyz.autonomys.farmer.sector.read.ReadingException;
import xyz.autonomys.farmer.sector.read.RecordDecoder;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/**
 * Proves that a chunk is in its record and that its mask was expensive (specification 04 §13). For one thread; keeps a
 * table builder and 3 MiB between proofs.
 *
 * <p>Source: autonomys/subspace, crates/subspace-farmer-components/src/proving.rs.
 */
public final class SolutionProver implements ChunkProver {
    private final Kzg kzg;
    private final RecordDecoder decoder;

    /**
     * A prover.
     *
     * @param tables the builder for its tables, best one with several threads; the prover closes it
     */
    public SolutionProver(Kzg kzg, PosTableBuilder tables) {
        this.kzg = kzg;
        this.decoder = new RecordDecoder(tables, ErasureCoding.forSourceChunks(ProtocolSizes.RECORD_CHUNKS));
    }

    @Override
    public ChunkProof prove(StoredRecord record, int sBucket, BooleanSupplier cancelled) throws ProvingException {
        if (!record.isEncoded(sBucket)) {
            throw absent(record, sBucket, "no encoded chunk");
        }
        proceed(cancelled, "the table was built");
        try {
            KnownChunks chunks = decoder.unmask(record);
            Optional<PosProof> proof = chunks.table().findProof(sBucket);
            if (proof.isEmpty()) {
                throw absent(record, sBucket, "no proof of space");
            }
            ScalarBytes chunk = ScalarBytes.of(chunks.values(), ProtocolSizes.CHUNK_BYTES * sBucket);
            proceed(cancelled, "the record was recovered");
            Polynomial polynomial = decoder.recoverPolynomial(chunks);
            proceed(cancelled, "the witness was computed");
            KzgWitness witness = kzg.createWitness(polynomial, ProtocolSizes.S_BUCKETS, sBucket);
            return new ChunkProof(chunk, witness.toChunkWitness(), proof.get());
        } catch (ReadingException e) {
            throw new ProvingException(
                    ProvingException.Kind.DAMAGED_RECORD, where(record) + " is damaged: " + e.getMessage(), e);
        }
    }

    private static void proceed(BooleanSupplier cancelled, String before) throws ProvingException {
        if (cancelled.getAsBoolean()) {
            throw new ProvingException(ProvingException.Kind.CANCELLED, "proving was cancelled before " + before, null);
        }
    }

    private static ProvingException absent(StoredRecord record, int sBucket, String what) {
        return new ProvingException(
                ProvingException.Kind.ABSENT_CHUNK, where(record) + " has " + what + " in s-bucket " + sBucket, null);
    }

    private static String where(StoredRecord record) {
        return "the record at offset " + record.pieceOffset() + " of sector " + record.sectorId();
    }

    @Override
    public String describe() {
        return "tables by " + PosTables.describe() + ", " + kzg.describe();
    }

    @Override
    public void close() {
        decoder.close();
    }
}
