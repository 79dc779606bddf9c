package xyz.autonomys.farmer.gpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import xyz.autonomys.farmer.pos.PosTables;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.RecordCommitment;
import xyz.autonomys.farmer.primitives.RecordWitness;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.SectorContentsMap;
import xyz.autonomys.farmer.sector.SectorLayout;
import xyz.autonomys.farmer.sector.plot.CpuSectorEncoder;
import xyz.autonomys.farmer.sector.plot.PlottingException;
import xyz.autonomys.farmer.sector.plot.SectorRecords;
import xyz.autonomys.farmer.sector.read.StoredRecord;

/** Made-up records of a made-up sector in memory, the same for the same seed. */
final class RandomSector implements SectorRecords {
    private static final int FIRST_PIECE = 100;

    private final SectorId sectorId;
    private final MemorySegment records;
    private final byte[] metadata;

    RandomSector(Arena arena, long seed, int pieces) {
        Random random = new Random(seed);
        byte[] id = new byte[SectorId.SIZE];
        random.nextBytes(id);
        sectorId = SectorId.of(id);
        records = arena.allocate((long) ProtocolSizes.RECORD_BYTES * pieces, Long.BYTES);
        byte[] record = new byte[ProtocolSizes.RECORD_BYTES];
        for (int i = 0; i < pieces; i++) {
            random.nextBytes(record);
            for (int chunk = 0; chunk < record.length; chunk += ProtocolSizes.CHUNK_BYTES) {
                record[chunk] &= 0x3F;
            }
            MemorySegment.copy(record, 0, record(i), ValueLayout.JAVA_BYTE, 0, record.length);
        }
        metadata = new byte[SectorLayout.RECORD_METADATA_BYTES * pieces];
        random.nextBytes(metadata);
    }

    SectorId sectorId() {
        return sectorId;
    }

    /** The first record as a plot holds it, encoded by the processor. */
    StoredRecord storedRecord() throws PlottingException {
        long[] bitmap = new long[SectorContentsMap.WORDS];
        try (CpuSectorEncoder encoder = new CpuSectorEncoder(1, PosTables::newBuilder)) {
            encoder.encodeRecord(sectorId, this, 0, bitmap);
        }
        return new StoredRecord(
                sectorId,
                0,
                bitmap,
                record(0).toArray(ValueLayout.JAVA_BYTE),
                RecordCommitment.of(new byte[RecordCommitment.SIZE]),
                RecordWitness.of(new byte[RecordWitness.SIZE]),
                Blake3Hash.of(new byte[Blake3Hash.SIZE]));
    }

    @Override
    public int pieces() {
        return metadata.length / SectorLayout.RECORD_METADATA_BYTES;
    }

    @Override
    public MemorySegment record(int offset) {
        return records.asSlice((long) ProtocolSizes.RECORD_BYTES * offset, ProtocolSizes.RECORD_BYTES);
    }

    @Override
    public byte[] metadata() {
        return metadata;
    }

    @Override
    public long pieceIndex(int offset) {
        return FIRST_PIECE + offset;
    }
}
