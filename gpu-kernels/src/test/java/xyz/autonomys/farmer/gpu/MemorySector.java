package xyz.autonomys.farmer.gpu;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Random;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SectorId;
import xyz.autonomys.farmer.sector.SectorLayout;
import xyz.autonomys.farmer.sector.plot.PlotListener;
import xyz.autonomys.farmer.sector.plot.SectorEncoder;
import xyz.autonomys.farmer.sector.plot.SectorRecords;

/** Random records of a sector in memory, the same for the same seed. */
final class MemorySector implements SectorRecords {
    private final MemorySegment records;
    private final byte[] metadata;
    private final SectorId sectorId;

    MemorySector(long seed, int pieces) {
        Random random = new Random(seed);
        byte[] id = new byte[SectorId.SIZE];
        random.nextBytes(id);
        sectorId = SectorId.of(id);
        byte[] bytes = new byte[ProtocolSizes.RECORD_BYTES * pieces];
        random.nextBytes(bytes);
        for (int chunk = 0; chunk < bytes.length; chunk += ProtocolSizes.CHUNK_BYTES) {
            bytes[chunk] &= 0x3F;
        }
        records = Arena.ofAuto().allocate(bytes.length, Long.BYTES);
        MemorySegment.copy(bytes, 0, records, ValueLayout.JAVA_BYTE, 0, bytes.length);
        metadata = new byte[SectorLayout.RECORD_METADATA_BYTES * pieces];
        random.nextBytes(metadata);
    }

    SectorId sectorId() {
        return sectorId;
    }

    /** What an encoder makes of it. */
    record Made(byte[] bytes, SectorEncoder.Encoded encoded) {}

    Made encode(SectorEncoder encoder) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        WritableByteChannel channel = Channels.newChannel(bytes);
        SectorEncoder.Encoded encoded = encoder.encode(sectorId, this, channel, PlotListener.NONE);
        return new Made(bytes.toByteArray(), encoded);
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
        return 100 + offset;
    }
}
