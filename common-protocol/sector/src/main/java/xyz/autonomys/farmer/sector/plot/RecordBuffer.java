package xyz.autonomys.farmer.sector.plot;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import xyz.autonomys.farmer.primitives.Blake3Hash;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.sector.SectorLayout;

/** The records of a sector being made, off heap, with their metadata; filled from pieces, each downloaded once. */
final class RecordBuffer implements SectorRecords {
    private final MemorySegment records;
    private final byte[] metadata;
    private final Map<Long, List<Integer>> missing = new HashMap<>();
    private final long[] pieceIndexes;
    private int arrived;

    RecordBuffer(Arena arena, long[] pieceIndexes) {
        this.pieceIndexes = pieceIndexes;
        records = arena.allocate((long) ProtocolSizes.RECORD_BYTES * pieceIndexes.length, Long.BYTES);
        metadata = new byte[SectorLayout.RECORD_METADATA_BYTES * pieceIndexes.length];
        for (int offset = 0; offset < pieceIndexes.length; offset++) {
            missing.computeIfAbsent(pieceIndexes[offset], index -> new ArrayList<>())
                    .add(offset);
        }
    }

    @Override
    public MemorySegment record(int offset) {
        return records.asSlice((long) ProtocolSizes.RECORD_BYTES * offset, ProtocolSizes.RECORD_BYTES);
    }

    @Override
    public byte[] metadata() {
        return metadata;
    }

    synchronized Set<Long> missing() {
        return new TreeSet<>(missing.keySet());
    }

    /** Stores the piece at every offset that has it; a piece nobody waits for is ignored. Returns how many are there. */
    int put(long pieceIndex, Piece piece) {
        Blake3Hash checksum = Blake3.hash(piece.array());
        synchronized (this) {
            List<Integer> offsets = missing.remove(pieceIndex);
            if (offsets != null) {
                for (int offset : offsets) {
                    MemorySegment.copy(
                            piece.array(), 0, record(offset), ValueLayout.JAVA_BYTE, 0, ProtocolSizes.RECORD_BYTES);
                    int at = SectorLayout.RECORD_METADATA_BYTES * offset;
                    System.arraycopy(piece.array(), Piece.COMMITMENT_OFFSET, metadata, at, 2 * ProtocolSizes.G1_BYTES);
                    checksum.copyTo(metadata, at + 2 * ProtocolSizes.G1_BYTES);
                    arrived++;
                }
            }
            return arrived;
        }
    }

    @Override
    public int pieces() {
        return pieceIndexes.length;
    }

    @Override
    public long pieceIndex(int offset) {
        return pieceIndexes[offset];
    }
}
