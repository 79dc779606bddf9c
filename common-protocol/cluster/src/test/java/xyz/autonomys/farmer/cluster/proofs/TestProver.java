package xyz.autonomys.farmer.cluster.proofs;

import java.util.function.BooleanSupplier;
import xyz.autonomys.farmer.cluster.pieces.TestHistory;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.PosProof;
import xyz.autonomys.farmer.sector.prove.ChunkProof;
import xyz.autonomys.farmer.sector.prove.ChunkProver;
import xyz.autonomys.farmer.sector.prove.ProvingException;
import xyz.autonomys.farmer.sector.prove.SolutionProver;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/** Proves for real, but may be told to wait before it does, or to damage what it proved. */
public final class TestProver implements ChunkProver {
    private static final Object ONE_AT_A_TIME = new Object();
    private static SolutionProver real;

    private final Script script;

    /** What becomes of the proofs of some provers. */
    public interface Script {
        /**
         * Called at the beginning of each proof; may block.
         *
         * @param cancelled whether nobody waits for the proof any more
         * @return whether the proof is to be right
         */
        boolean proves(BooleanSupplier cancelled) throws InterruptedException;
    }

    /** A prover. */
    public TestProver(Script script) {
        this.script = script;
    }

    @Override
    public ChunkProof prove(StoredRecord record, int sBucket, BooleanSupplier cancelled) throws ProvingException {
        boolean right;
        try {
            right = script.proves(cancelled);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProvingException(ProvingException.Kind.CANCELLED, "interrupted", e);
        }
        synchronized (ONE_AT_A_TIME) {
            if (real == null) {
                real = new SolutionProver(TestHistory.kzg(), PosTables.newParallelBuilder(2));
            }
            ChunkProof proof = real.prove(record, sBucket, cancelled);
            return right ? proof : new ChunkProof(proof.chunk(), proof.witness(), damaged(proof.proofOfSpace()));
        }
    }

    private static PosProof damaged(PosProof proof) {
        byte[] bytes = proof.toBytes();
        bytes[17] ^= 4;
        return PosProof.of(bytes);
    }

    @Override
    public String describe() {
        return "a prover under test";
    }

    @Override
    public void close() {
        // The prover behind it is shared by the tests of a process.
    }
}
