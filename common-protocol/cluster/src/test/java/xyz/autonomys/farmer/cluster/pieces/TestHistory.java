package xyz.autonomys.farmer.cluster.pieces;

import java.util.HashMap;
import java.util.Map;
import xyz.autonomys.farmer.archiving.ArchivedSegment;
import xyz.autonomys.farmer.archiving.Archiver;
import xyz.autonomys.farmer.archiving.GenesisBlock;
import xyz.autonomys.farmer.archiving.Parallelism;
import xyz.autonomys.farmer.archiving.PieceIndexes;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/**
 * A history for tests, under the development setup: one archived segment, which stands at every segment index. Its
 * pieces pass the real check at their positions.
 */
public final class TestHistory {
    private static final Kzg KZG = Kzgs.openWithSecret(TrustedSetup.development());
    private static final ArchivedSegment SEGMENT = Archiver.begin(KZG, Parallelism.allCores())
            .add(GenesisBlock.encode(new byte[100], new byte[32]))
            .getFirst();
    private static final Map<Long, SegmentHeader> HEADERS = new HashMap<>();

    private TestHistory() {}

    /** Checks pieces of this history. */
    public static Kzg kzg() {
        return KZG;
    }

    /** The piece with this index. */
    public static Piece piece(long index) {
        return SEGMENT.pieces().get(PieceIndexes.position(index));
    }

    /** The header of a segment, chained to the one before. */
    public static synchronized SegmentHeader header(long segmentIndex) {
        SegmentHeader first = SEGMENT.header();
        HEADERS.put(0L, first);
        for (long index = HEADERS.size(); index <= segmentIndex; index++) {
            HEADERS.put(
                    index,
                    new SegmentHeader(
                            index,
                            first.segmentCommitment(),
                            SegmentHeaders.hash(HEADERS.get(index - 1)),
                            first.lastArchivedBlock()));
        }
        return HEADERS.get(segmentIndex);
    }
}
