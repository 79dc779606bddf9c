package xyz.autonomys.farmer.archiving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetup;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/** Archiving, verification and reconstruction under the development setup, whose secret makes segments in seconds. */
class DevelopmentHistoryTest {
    private static Kzg kzg;
    private static List<ArchivedSegment> segments;
    private static final List<byte[]> BLOCKS = new ArrayList<>();

    @BeforeAll
    static void archive() {
        kzg = Kzgs.openWithSecret(TrustedSetup.development());
        Archiver archiver = Archiver.begin(kzg, Parallelism.allCores());
        segments = new ArrayList<>();
        BLOCKS.add(GenesisBlock.encode(new byte[100], new byte[32]));
        BLOCKS.add(GoldenHistory.keyStream(1, 100_000_000));
        BLOCKS.add(GoldenHistory.keyStream(2, 40_000_000));
        for (byte[] block : BLOCKS) {
            assertEquals(BLOCKS.indexOf(block), archiver.nextBlockNumber());
            segments.addAll(archiver.add(block));
        }
        assertEquals(2, segments.size());
        assertEquals(segments.get(1).header(), archiver.lastHeader().orElseThrow());
    }

    @Test
    void headersAreChained() {
        assertEquals(0, segments.get(0).header().segmentIndex());
        assertEquals(1, segments.get(1).header().segmentIndex());
        assertEquals(
                SegmentHeaders.hash(segments.get(0).header()),
                segments.get(1).header().prevSegmentHeaderHash());
    }

    @Test
    void everyPieceIsValidAndNoneAtAnotherPlace() {
        PieceVerifier verifier = new PieceVerifier(Kzgs.open(TrustedSetup.development()), Parallelism.allCores());
        List<PieceClaim> claims = new ArrayList<>();
        for (ArchivedSegment segment : segments) {
            for (int i = 0; i < ProtocolSizes.SEGMENT_PIECES; i++) {
                claims.add(new PieceClaim(
                        PieceIndexes.of(segment.header().segmentIndex(), i),
                        segment.pieces().get(i),
                        segment.header().segmentCommitment()));
            }
        }
        BitSet all = new BitSet();
        all.set(0, claims.size());
        assertEquals(all, verifier.verifyAll(claims));
        PieceClaim first = claims.getFirst();
        assertFalse(verifier.isValid(new PieceClaim(1, first.piece(), first.segmentCommitment())));
        assertFalse(verifier.isValid(
                new PieceClaim(256, first.piece(), segments.get(1).header().segmentCommitment())));
        byte[] changed = first.piece().array().clone();
        changed[70] ^= 4;
        claims.set(300, new PieceClaim(300, Piece.wrap(changed), claims.get(300).segmentCommitment()));
        all.clear(300);
        assertEquals(all, verifier.verifyAll(claims));
    }

    @Test
    void anyHalfGivesTheWholeSegmentAndItsBlocks() throws Exception {
        PiecesReconstructor reconstructor = new PiecesReconstructor(kzg, Parallelism.allCores());
        Random random = new Random(4);
        List<Piece> first = segments.get(0).pieces();
        List<Piece> second = segments.get(1).pieces();
        List<Piece> half = half(second, random);
        assertEquals(second, reconstructor.reconstructSegment(half));
        int missing = half.indexOf(null);
        assertEquals(second.get(missing), reconstructor.reconstructPiece(half, missing));
        List<Piece> parityOnly = new ArrayList<>(second);
        IntStream.range(0, 128).forEach(i -> parityOnly.set(2 * i, null));
        assertEquals(second.get(254), reconstructor.reconstructPiece(parityOnly, 254));
        int known = IntStream.range(0, 256)
                .filter(i -> half.get(i) != null)
                .findFirst()
                .orElseThrow();
        assertSame(half.get(known), reconstructor.reconstructPiece(half, known));
        half.set(known, null);
        ReconstructionException tooFew =
                assertThrows(ReconstructionException.class, () -> reconstructor.reconstructSegment(half));
        assertTrue(tooFew.getMessage().startsWith("only 127 pieces"), tooFew.getMessage());

        BlockReconstructor blocks = new BlockReconstructor(Parallelism.allCores());
        assertTrue(blocks.add(half(first, random)).blocks().isEmpty());
        BlockReconstructor.Contents contents = blocks.add(parityOnly);
        assertEquals(segments.get(0).header(), contents.parentHeader().orElseThrow());
        assertEquals(2, contents.blocks().size());
        assertArrayEquals(BLOCKS.get(0), contents.blocks().get(0).bytes());
        assertArrayEquals(BLOCKS.get(1), contents.blocks().get(1).bytes());
        assertTrue(assertThrows(ReconstructionException.class, () -> blocks.add(first))
                .getMessage()
                .contains("segment 2 was expected, this is segment 0"));
        // Begun in the middle, what lies before is left out.
        List<ArchivedBlock> late =
                new BlockReconstructor(Parallelism.none()).add(second).blocks();
        assertEquals(1, late.size());
        assertEquals(1, late.getFirst().number());
    }

    private static List<Piece> half(List<Piece> pieces, Random random) {
        List<Integer> positions =
                new ArrayList<>(IntStream.range(0, 256).boxed().toList());
        Collections.shuffle(positions, random);
        List<Piece> half = new ArrayList<>(pieces);
        positions.subList(0, 128).forEach(position -> half.set(position, null));
        return half;
    }
}
