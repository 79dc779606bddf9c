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
final class RecordBuffer {
    private final MemorySegment records;
    private final byte[] metadata;
    private final Map<Long, List<Integer>> missing = new HashMap<>();
    private final int pieces;
    private int arrived;

    RecordBuffer(Arena arena, long[] pieceIndexes) {
        pieces = pieceIndexes.length;
        records = arena.allocate((long) ProtocolSizes.RECORD_BYTES * pieces, Long.BYTES);
        metadata = new byte[SectorLayout.RECORD_METADATA_BYTES * pieces];
        for (int offset = 0; offset < pieces; offset++) {
            missing.computeIfAbsent(pieceIndexes[offset], index -> new ArrayList<>())
                    .add(offset);
        }
    }

    MemorySegment record(int offset) {
        return records.asSlice((long) ProtocolSizes.RECORD_BYTES * offset, ProtocolSizes.RECORD_BYTES);
    }

    /** All records, one after another. */
    MemorySegment records() {
        return records;
    }

    byte[] metadata() {
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

    int pieces() {
        return pieces;
    }
}
