package xyz.autonomys.farmer.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.sector.prove.ChunkProver;
import xyz.autonomys.farmer.sector.prove.ProvingException;
import xyz.autonomys.farmer.sector.prove.SolutionProver;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/** Proofs made by a device are the processor's, and so is what it says about a damaged record. */
final class GpuProverTest {
    private static final int ILLEGAL_ADDRESS = 700;

    private static ChunkProver processor;
    private static ChunkProver device;
    private static StoredRecord record;

    @BeforeAll
    static void open() throws Exception {
        Emulator.load();
        Kzg kzg = Kzgs.open(TrustedSetup.development(), 2);
        processor = new SolutionProver(kzg, PosTables.newBuilder());
        device = GpuProver.inFrontOf(
                        List.of(new SolutionProver(kzg, PosTables.newBuilder())),
                        kzg,
                        Gpus.open(Map.of(Gpus.CONCURRENCY, "1")))
                .getFirst();
        record = MadeSector.random(21, 1).storedRecord();
    }

    @AfterAll
    static void close() {
        device.close();
        processor.close();
        Emulator.heal();
        assertEquals(0, Emulator.usedBytes(), "device memory that nobody freed");
    }

    private static int someSBucket(int from) {
        int sBucket = from;
        while (!record.isEncoded(sBucket)) {
            sBucket++;
        }
        return sBucket;
    }

    @Test
    void proofsAreTheProcessorsAlsoWhenTheDeviceFails() throws Exception {
        int sBucket = someSBucket(40_001);
        assertEquals(processor.prove(record, sBucket, () -> false), device.prove(record, sBucket, () -> false));
        byte[] damaged = record.chunks().clone();
        damaged[3] ^= 1;
        damaged[32 * 1000] = (byte) 0xFF;
        damaged[32 * 1000 + 1] = (byte) 0xFF;
        StoredRecord wrong = new StoredRecord(
                record.sectorId(),
                0,
                record.encodedSBuckets(),
                damaged,
                record.commitment(),
                record.witness(),
                record.pieceChecksum());
        String expected = outcome(processor, wrong, sBucket);
        assertEquals(expected, outcome(device, wrong, sBucket));
        Emulator.failAfter(3, ILLEGAL_ADDRESS);
        int other = someSBucket(7);
        assertEquals(processor.prove(record, other, () -> false), device.prove(record, other, () -> false));
        assertThrows(ProvingException.class, () -> device.prove(record, other, () -> true));
    }

    private static String outcome(ChunkProver prover, StoredRecord wrong, int sBucket) {
        try {
            return prover.prove(wrong, sBucket, () -> false).toString();
        } catch (ProvingException e) {
            return e.getMessage();
        }
    }
}
