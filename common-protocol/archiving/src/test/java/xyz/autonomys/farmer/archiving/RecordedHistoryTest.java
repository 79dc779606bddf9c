package xyz.autonomys.farmer.archiving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import xyz.autonomys.farmer.kzg.Kzg;
import xyz.autonomys.farmer.kzg.Kzgs;
import xyz.autonomys.farmer.kzg.TrustedSetups;
import xyz.autonomys.farmer.primitives.Piece;
import xyz.autonomys.farmer.primitives.ProtocolSizes;
import xyz.autonomys.farmer.primitives.SegmentCommitment;
import xyz.autonomys.farmer.primitives.SegmentHeader;
import xyz.autonomys.farmer.primitives.hash.Blake3;
import xyz.autonomys.farmer.primitives.scale.SegmentHeaders;

/** What upstream recorded about a synthetic history, under the ceremony's setup. */
class RecordedHistoryTest {
    private static final String CEREMONY = System.getenv("AUTONOMYS_TRUSTED_SETUP");
    private static Kzg kzg;

    @BeforeAll
    static void open() throws IOException {
        assumeTrue(CEREMONY != null, "AUTONOMYS_TRUSTED_SETUP is not set: the ceremony's setup file is needed");
        kzg = Kzgs.open(TrustedSetups.read(Path.of(CEREMONY)));
    }

    @Test
    void tellsPiecesFromTamperedOnesAsUpstream() {
        List<Piece> pieces = GoldenHistory.pieces(0);
        SegmentCommitment commitment = GoldenHistory.header(0).segmentCommitment();
        PieceVerifier verifier = new PieceVerifier(kzg, Parallelism.allCores());
        for (int position : new int[] {0, 1, 127, 255}) {
            assertTrue(verifier.isValid(new PieceClaim(position, pieces.get(position), commitment)));
        }
        List<PieceClaim> claims = new ArrayList<>();
        for (int position = 0; position < 40; position++) {
            claims.add(new PieceClaim(position, pieces.get(position), commitment));
        }
        List<PieceClaim> tampered = tampered(pieces, commitment);
        assertEquals(
                GoldenHistory.segment(0).get("is_piece_valid_tampered_piece_2").size(), tampered.size());
        for (PieceClaim claim : tampered) {
            assertFalse(verifier.isValid(claim));
        }
        claims.addAll(17, tampered);
        BitSet expected = new BitSet();
        expected.set(0, claims.size());
        expected.clear(17, 17 + tampered.size());
        assertEquals(expected, verifier.verifyAll(claims));
    }

    /** The seven changes of piece 2 in the order of the recorded results, all of them "not valid". */
    private static List<PieceClaim> tampered(List<Piece> pieces, SegmentCommitment commitment) {
        byte[] bit = pieces.get(2).array().clone();
        bit[31] ^= 1;
        byte[] chunk = pieces.get(2).array().clone();
        Arrays.fill(chunk, 0, 32, (byte) 0xff);
        byte[] foreignCommitment = pieces.get(2).array().clone();
        pieces.get(3).commitment().copyTo(foreignCommitment, Piece.COMMITMENT_OFFSET);
        byte[] foreignWitness = pieces.get(2).array().clone();
        pieces.get(3).witness().copyTo(foreignWitness, Piece.WITNESS_OFFSET);
        byte[] undecodable = pieces.get(2).array().clone();
        Arrays.fill(undecodable, Piece.WITNESS_OFFSET, undecodable.length, (byte) 0xff);
        byte[] negated = pieces.get(2).array().clone();
        negated[Piece.COMMITMENT_OFFSET] ^= 0x20;
        return List.of(
                new PieceClaim(2, Piece.wrap(bit), commitment),
                new PieceClaim(2, Piece.wrap(chunk), commitment),
                new PieceClaim(2, Piece.wrap(foreignCommitment), commitment),
                new PieceClaim(2, Piece.wrap(foreignWitness), commitment),
                new PieceClaim(3, pieces.get(2), commitment),
                new PieceClaim(2, Piece.wrap(undecodable), commitment),
                new PieceClaim(2, Piece.wrap(negated), commitment));
    }

    @Test
    void rebuildsSegmentsFromTheRecordedHalf() throws Exception {
        for (JsonNode recorded : GoldenHistory.vectors().get("reconstruction_from_half")) {
            List<Piece> pieces =
                    GoldenHistory.pieces(recorded.get("segment_index").asInt());
            List<Piece> half = new ArrayList<>(Collections.nCopies(ProtocolSizes.SEGMENT_PIECES, null));
            recorded.get("positions_present").forEach(p -> half.set(p.asInt(), pieces.get(p.asInt())));
            PiecesReconstructor reconstructor = new PiecesReconstructor(kzg, Parallelism.allCores());
            int position = recorded.get("reconstruct_piece").get("position").asInt();
            assertEquals(pieces.get(position), reconstructor.reconstructPiece(half, position));
            assertEquals(pieces, reconstructor.reconstructSegment(half));
            assertEquals(pieces, reconstructor.reconstructSegment(pieces));
        }
    }

    /**
     * Fourteen blocks, six segments, every header and every piece; resumed after segments 0 and 2. The block that closes
     * segment 2 is not in it, so it comes again after that.
     */
    @Test
    @Tag("long")
    void archivesAsUpstream() throws Exception {
        Archiver archiver = Archiver.begin(kzg, Parallelism.allCores());
        BlockReconstructor reconstructor = new BlockReconstructor(Parallelism.allCores());
        List<ArchivedBlock> blocks = new ArrayList<>();
        int index = 0;
        int number = 0;
        while (number < 14) {
            List<ArchivedSegment> closed = archiver.add(GoldenHistory.block(number));
            number++;
            for (ArchivedSegment segment : closed) {
                check(index, segment);
                blocks.addAll(reconstructor.add(segment.pieces()).blocks());
                if (index == 0 || index == 2) {
                    SegmentHeader header = segment.header();
                    int last = (int) header.lastArchivedBlock().number();
                    archiver = Archiver.resume(kzg, Parallelism.allCores(), header, GoldenHistory.block(last));
                    assertTrue(archiver.closedSegments().isEmpty());
                    number = last + 1;
                }
                index++;
            }
        }
        assertEquals(GoldenHistory.segments(), index);
        for (int i = 0; i < blocks.size(); i++) {
            assertEquals(i, blocks.get(i).number());
            assertEquals(
                    Blake3.hash(GoldenHistory.block(i)),
                    Blake3.hash(blocks.get(i).bytes()));
        }
        assertEquals(14, blocks.size());
    }

    private static void check(int index, ArchivedSegment segment) throws Exception {
        JsonNode recorded = GoldenHistory.segment(index);
        assertEquals(
                recorded.get("header").asText(), HexFormat.of().formatHex(SegmentHeaders.encode(segment.header())));
        assertEquals(
                recorded.get("header_hash").asText(),
                SegmentHeaders.hash(segment.header()).toHex());
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        segment.pieces().forEach(piece -> sha256.update(piece.array()));
        assertEquals(recorded.get("all_pieces_sha256").asText(), HexFormat.of().formatHex(sha256.digest()));
    }

    @Test
    @Tag("long")
    void archivesTenMegabyteBlocksAsUpstream() throws Exception {
        JsonNode recorded = GoldenHistory.vectors().get("ten_megabyte_blocks");
        Archiver archiver = Archiver.begin(kzg, Parallelism.allCores());
        List<ArchivedSegment> segments = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            segments.addAll(archiver.add(GoldenHistory.keyStream(100 + i, 10_000_000)));
        }
        assertEquals(1, segments.size());
        assertEquals(
                recorded.get("header").asText(),
                HexFormat.of()
                        .formatHex(SegmentHeaders.encode(segments.getFirst().header())));
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        segments.getFirst().pieces().forEach(piece -> sha256.update(piece.array()));
        assertEquals(recorded.get("all_pieces_sha256").asText(), HexFormat.of().formatHex(sha256.digest()));
    }
}
